import type { JourneyItem } from '../wire.ts';
import { since } from './time.ts';

/** People in one status: who, where, for how long, why. */
export function People({ items, open }: { items: JourneyItem[]; open: (id: string) => void }) {
  if (items.length === 0) return <p class="empty">Nobody here.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col">Step</th>
          <th scope="col">For</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id}>
            <td>
              <button type="button" class="link" onClick={() => open(item.id)}>
                {item.person.name ?? 'An employee'}
              </button>
              <Badges item={item} />
            </td>
            <td>
              {item.step.title} <small>{`${item.step.number} of ${item.step.of}`}</small>
            </td>
            <td>{since(item.since)}</td>
            <td>{reason(item)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function reason(item: JourneyItem): string {
  if (item.why) return item.why.text;
  return item.waiting ? `Waiting for ${item.waiting.for}` : '';
}

function Badges({ item }: { item: JourneyItem }) {
  const { deadline } = item;
  return (
    <>
      {deadline && deadline.daysLeft <= 7 && (
        <span class="badge danger">
          {deadline.passed ? '30 days passed' : `${deadline.daysLeft} days left`}
        </span>
      )}
      {item.unreachable && <span class="badge warning">Cannot be reached</span>}
    </>
  );
}
