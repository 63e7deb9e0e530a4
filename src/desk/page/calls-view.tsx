import { useState } from 'preact/hooks';
import type { EscalationItem } from '../wire.ts';
import { api } from './api.ts';
import { Badges } from './badges.tsx';
import { CallActions } from './call-actions.tsx';
import { useDesk } from './desk-context.ts';
import { Empty, Fault, Loading } from './empty.tsx';
import { nameOf, openedWords } from './names.ts';
import { gather } from './pages.ts';
import { type Route, writeRoute } from './route.ts';
import { momentOf, since } from './time.ts';
import { useLoaded } from './use-loaded.ts';
import { ViewTitle } from './view-title.tsx';

const pageSize = 50;

const stages = [
  { status: 'open', urgent: 'true' },
  { status: 'open', urgent: 'false' },
  { status: 'claimed', urgent: 'true' },
  { status: 'claimed', urgent: 'false' },
] as const;

/** Calls for help: those that nobody has first, of these the urgent, of these the oldest. */
export function CallsView({ route }: { route: Route }) {
  const desk = useDesk();
  const [want, setWant] = useState(pageSize);
  const load = () =>
    gather(
      stages.map((stage) => (cursor) => api.calls({ ...stage, cursor })),
      want,
    );
  const { data, fault } = useLoaded(desk, 'calls', load, want);
  return (
    <>
      <ViewTitle>Calls for help</ViewTitle>
      {fault && <Fault words={fault} />}
      {!data && !fault && <Loading />}
      {data?.items.length === 0 && (
        <Empty title="Nobody is calling">
          When somebody asks for a person, or a problem stays unsolved, the call appears here at once.
        </Empty>
      )}
      {data && (
        <>
          <Group
            title="Nobody is on it yet"
            calls={data.items.filter(({ claimed }) => claimed === null)}
            route={route}
          />
          <Group title="In hand" calls={data.items.filter(({ claimed }) => claimed !== null)} route={route} />
        </>
      )}
      {data?.more && (
        <p class="more">
          <button
            id="more"
            type="button"
            class="button"
            onClick={() => setWant(data.items.length + pageSize)}
          >
            Show more
          </button>
        </p>
      )}
    </>
  );
}

interface GroupProps {
  title: string;
  calls: readonly EscalationItem[];
  route: Route;
}

function Group({ title, calls, route }: GroupProps) {
  const id = `calls-${title.replace(/\W/g, '').toLowerCase()}`;
  if (calls.length === 0) return null;
  return (
    <section class="group" aria-labelledby={id}>
      <h3 id={id}>
        {title} <span class="count">{calls.length}</span>
      </h3>
      <ul class="cards">
        {calls.map((call) => (
          <Card key={call.id} call={call} route={route} />
        ))}
      </ul>
    </section>
  );
}

function Card({ call, route }: { call: EscalationItem; route: Route }) {
  const { now } = useDesk();
  const { journey, reason, step, openedBy, openedAt, tried } = call;
  const link = `call-${call.id}`;
  return (
    <li class={`card ${call.priority}`} data-home={link}>
      <div class="card-words">
        <h4>{reason.text}</h4>
        <p class="who">
          <a id={link} href={writeRoute({ ...route, person: journey.id })}>
            {nameOf(journey)}
          </a>
          <Badges person={journey} urgent={call.priority === 'urgent'} />
        </p>
        <p>{`At “${step.title}”`}</p>
        <p title={momentOf(openedAt)}>
          <strong>{`Open ${since(openedAt, now)}`}</strong>
          <span class="quiet">{` · ${openedWords[openedBy] ?? 'Called'}`}</span>
        </p>
        {tried.length > 0 && <p class="quiet">{`Tried: ${tried.map((one) => one.symptom).join('; ')}`}</p>}
      </div>
      <CallActions call={call} person={journey} place="list" />
    </li>
  );
}
