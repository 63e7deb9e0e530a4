import { useState } from 'preact/hooks';
import type { JourneyItem } from '../wire.ts';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import { Empty, Fault, Loading } from './empty.tsx';
import { statusOrder, statusWords } from './names.ts';
import { gather } from './pages.ts';
import { PeopleFilter } from './people-filter.tsx';
import { PersonRow } from './person-row.tsx';
import { home, type Route, writeRoute } from './route.ts';
import { useLoaded } from './use-loaded.ts';
import { ViewTitle } from './view-title.tsx';

const pageSize = 50;

/** Everybody, the stuck first; or those of one state, at one step, of one name. */
export function PeopleView({ route }: { route: Route }) {
  const { status, step, q } = route;
  return (
    <>
      <div class="filter">
        <ViewTitle>People</ViewTitle>
        <PeopleFilter route={route} />
      </div>
      <Found key={JSON.stringify([status, step, q])} route={route} />
    </>
  );
}

function Found({ route }: { route: Route }) {
  const { status, step, q } = route;
  const desk = useDesk();
  const [want, setWant] = useState(pageSize);
  const { data, fault } = useLoaded(
    desk,
    'people',
    () =>
      gather(
        (status ? [status] : statusOrder).map(
          (one) => (cursor) => api.journeys({ status: one, step, q, cursor }),
        ),
        want,
      ),
    want,
  );
  if (!data) return fault ? <Fault words={fault} /> : <Loading />;
  return (
    <>
      {fault && <Fault words={fault} />}
      <p class="unseen" role="status">
        {`${data.items.length}${data.more ? ' or more' : ''} ${data.items.length === 1 ? 'person' : 'people'} found`}
      </p>
      {data.items.length === 0 && <Nobody route={route} />}
      {[...Map.groupBy(data.items, (person) => person.status)].map(([group, people]) => (
        <Group key={group} status={group} people={people} route={route} />
      ))}
      {data.more && (
        <p class="more">
          <button
            id="more"
            type="button"
            class="button"
            onClick={() => setWant(data.items.length + pageSize)}
          >
            Show more
          </button>
          <span class="quiet">{` ${data.items.length} are shown; the search looks through all.`}</span>
        </p>
      )}
    </>
  );
}

interface GroupProps {
  status: JourneyItem['status'];
  people: readonly JourneyItem[];
  route: Route;
}

function Group({ status, people, route }: GroupProps) {
  const { summary } = useDesk();
  const all = route.q === '' && route.step === null ? summary?.journeys[status] : undefined;
  return (
    <section class={`group ${status}`} aria-labelledby={`group-${status}`}>
      <h3 id={`group-${status}`}>
        {statusWords[status]} <span class="count">{Math.max(all ?? 0, people.length)}</span>
      </h3>
      <ul class="people">
        {people.map((person) => (
          <PersonRow key={person.id} person={person} route={route} />
        ))}
      </ul>
    </section>
  );
}

function Nobody({ route: { status, step, q } }: { route: Route }) {
  if (q !== '' || step !== null)
    return (
      <Empty title="Nobody fits">
        Try part of the name, or <a href={writeRoute(home)}>show everybody</a>.
      </Empty>
    );
  if (status === 'stuck')
    return <Empty title="Nobody is stuck">Whoever gets stuck appears here at once.</Empty>;
  if (status !== null)
    return (
      <Empty title={`${statusWords[status]}: nobody`}>
        Whoever comes into this state appears here. <a href={writeRoute(home)}>Show everybody</a>.
      </Empty>
    );
  return <Empty title="Nobody is here yet">Whoever writes to the bot appears here at once.</Empty>;
}
