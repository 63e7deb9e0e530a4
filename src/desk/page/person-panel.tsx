import { useEffect, useRef, useState } from 'preact/hooks';
import type { Happening, JourneyDetail } from '../wire.ts';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import { Fault, Loading } from './empty.tsx';
import { nameOf } from './names.ts';
import { PersonCalls, Resolved } from './person-calls.tsx';
import { PersonComputer } from './person-computer.tsx';
import { Facts } from './person-facts.tsx';
import { type Route, writeRoute } from './route.ts';
import { Timeline } from './timeline.tsx';
import { useLoaded } from './use-loaded.ts';

/** Everything about one person, beside the list. Escape closes it and gives the focus back. */
export function PersonPanel({ id, route }: { id: string; route: Route }) {
  const [pages, setPages] = useState(1);
  const { data, fault } = useLoaded(useDesk(), 'story', () => loadStory(id, pages), pages);
  const heading = useRef<HTMLHeadingElement>(null);
  const there = data !== null;
  useEffect(() => {
    if (there) heading.current?.focus();
  }, [there]);

  const close = () => {
    location.hash = writeRoute({ ...route, person: null });
    // The list may be drawn anew first.
    requestAnimationFrame(() => (document.getElementById(`person-${id}`) ?? viewTitle())?.focus());
  };

  return (
    <section
      class="panel"
      aria-label={data ? nameOf(data.journey) : 'One person'}
      data-home="story"
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <button type="button" class="button plain close" onClick={close}>
        Close<span class="unseen"> and go back to the list</span>
      </button>
      {fault && <Fault words={fault} />}
      {!data && !fault && <Loading />}
      {data && (
        <>
          <h2 id="story" ref={heading} tabIndex={-1}>
            {nameOf(data.journey)}
          </h2>
          <Facts person={data.journey} />
          <PersonCalls person={data.journey} />
          {data.computer && (
            <PersonComputer key={data.computer.id} computer={data.computer} name={nameOf(data.journey)} />
          )}
          <h3>What happened</h3>
          <Timeline items={data.history.items} />
          {data.history.next !== null && (
            <button id="earlier" type="button" class="button" onClick={() => setPages(pages + 1)}>
              Show earlier
            </button>
          )}
          <Resolved calls={data.resolved} />
        </>
      )}
    </section>
  );
}

const viewTitle = () => document.getElementById('view');

async function loadStory(id: string, pages: number): Promise<JourneyDetail> {
  const first = await api.journey(id);
  const items: Happening[] = [...first.history.items];
  let { next } = first.history;
  for (let i = 1; i < pages && next !== null; i++) {
    const { history } = await api.journey(id, next);
    items.push(...history.items);
    next = history.next;
  }
  return { ...first, history: { items, next } };
}
