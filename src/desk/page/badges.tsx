import type { JourneyItem } from '../wire.ts';

interface Props {
  person: JourneyItem;
  urgent?: boolean;
}

/** What must not be overlooked about somebody; always in words, never by colour alone. */
export function Badges({ person, urgent = person.priority === 'urgent' }: Props) {
  return (
    <>
      {urgent && person.status !== 'done' && <span class="badge danger strong">Urgent</span>}
      <Deadline person={person} />
      {person.unreachable !== null && (
        <span class="badge warning" title={person.unreachable}>
          Cannot be reached
        </span>
      )}
    </>
  );
}

/** How much is left of IdenTrust's 30 days. */
function Deadline({ person: { deadline, status, priority } }: { person: JourneyItem }) {
  if (!deadline || status === 'done') return null;
  if (deadline.passed) return <span class="badge danger">30 days passed</span>;
  const words = deadline.daysLeft === 1 ? 'Last day' : `${deadline.daysLeft} days left`;
  return <span class={priority === 'urgent' ? 'badge danger' : 'badge'}>{words}</span>;
}
