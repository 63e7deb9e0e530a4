import type { JourneyItem } from '../wire.ts';
import { Badges } from './badges.tsx';
import { useDesk } from './desk-context.ts';
import { channelsOf, statusWords } from './names.ts';
import { ago, dayOf, momentOf, since } from './time.ts';

const tones: Readonly<Partial<Record<JourneyItem['status'], string>>> = { stuck: 'danger', done: 'success' };

/** Where somebody is, in a few lines. */
export function Facts({ person }: { person: JourneyItem }) {
  const { now } = useDesk();
  const { status, step, why, waiting, heardAt, deadline, unreachable } = person;
  return (
    <>
      <p class="state">
        <span class={`badge strong ${tones[status] ?? ''}`}>
          {`${statusWords[status]} ${since(person.since, now)}`}
        </span>
        <Badges person={person} />
      </p>
      <dl class="facts">
        <dt>Step</dt>
        <dd>
          {`${step.number} of ${step.of} · ${step.title}`}
          {status !== 'done' && <span class="quiet">{`, ${since(person.enteredAt, now)}`}</span>}
        </dd>
        {why && <Fact name="Why" value={why.text} />}
        {waiting && <Fact name="Waiting" value={`For ${waiting.for}, until ${dayOf(waiting.until)}`} />}
        <dt>Last heard</dt>
        <dd title={momentOf(heardAt)}>{ago(heardAt, now)}</dd>
        {deadline && <Fact name="30 days end" value={dayOf(deadline.at)} />}
        {unreachable !== null && <Fact name="Not reached" value={unreachable} />}
        <Fact name="Known as" value={channelsOf(person)} />
      </dl>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
