import type { JourneyItem } from '../wire.ts';
import { Badges } from './badges.tsx';
import { useDesk } from './desk-context.ts';
import { nameOf } from './names.ts';
import { type Route, writeRoute } from './route.ts';
import { ago, dayOf, momentOf, span } from './time.ts';

/** Somebody in a list: who, where, for how long, why, and in whose hands. */
export function PersonRow({ person, route }: { person: JourneyItem; route: Route }) {
  const { now } = useDesk();
  const open = route.person === person.id;
  return (
    <li class={open ? 'person open' : 'person'}>
      <div class="who">
        <a
          id={`person-${person.id}`}
          href={writeRoute({ ...route, person: person.id })}
          aria-current={open ? 'true' : undefined}
        >
          {nameOf(person)}
        </a>
        <Badges person={person} />
      </div>
      <Where person={person} />
      <p class="time" title={momentOf(person.since)}>
        <strong>{span(now - Date.parse(person.since))}</strong> <span>{labels[person.status]}</span>
      </p>
      <div class="why">
        <p>{whyOf(person, now)}</p>
        <Hands person={person} />
      </div>
    </li>
  );
}

function Where({ person: { status, step } }: { person: JourneyItem }) {
  if (status === 'done') return <p class="where">{`All ${step.of} steps`}</p>;
  return (
    <p class="where">
      <span class="number">{`Step ${step.number} of ${step.of}`}</span>
      <span>{step.title}</span>
    </p>
  );
}

const labels: Readonly<Record<JourneyItem['status'], string>> = {
  stuck: 'stuck',
  active: 'under way',
  waiting: 'waiting',
  paused: 'paused',
  done: 'ago',
  new: 'since hello',
};

/** Why somebody is in this state; for those without trouble, when they were last heard. */
function whyOf({ status, why, waiting, since, heardAt }: JourneyItem, now: number): string {
  if (status === 'stuck') return why?.text ?? 'Stuck';
  if (waiting) return `For ${waiting.for}, until ${dayOf(waiting.until)}`;
  if (status === 'done') return `Finished ${dayOf(since)}`;
  return `Last heard ${ago(heardAt, now)}`;
}

/** Who claimed the person's calls, or that nobody has. */
function Hands({ person: { status, escalations } }: { person: JourneyItem }) {
  const { me } = useDesk();
  if (escalations.length === 0) return status === 'stuck' ? <p class="quiet">Has not called yet</p> : null;
  const names = new Set(
    escalations.flatMap(({ claimed }) => (claimed ? [claimed.id === me.id ? 'You' : claimed.name] : [])),
  );
  const free = escalations.some(({ claimed }) => claimed === null);
  return (
    <p class={free ? 'hands free' : 'hands'}>
      {[
        ...(names.size > 0
          ? [`${[...names].join(', ')} ${names.size > 1 || names.has('You') ? 'are' : 'is'} on it`]
          : []),
        ...(free ? ['Nobody is on it yet'] : []),
      ].join('; ')}
    </p>
  );
}
