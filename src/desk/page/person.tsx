import type { JourneyDetail } from '../wire.ts';
import { clock, since } from './time.ts';

/** One person's whole timeline. */
export function Person({ detail, close }: { detail: JourneyDetail; close: () => void }) {
  const { journey, history } = detail;
  return (
    <section aria-labelledby="person">
      <p>
        <button type="button" onClick={close}>
          Back to the lists
        </button>
      </p>
      <h2 id="person">{journey.person.name ?? 'An employee'}</h2>
      <p>
        {`${journey.status} for ${since(journey.since)}, at “${journey.step.title}” (${journey.step.number} of ${journey.step.of}); last heard ${since(journey.heardAt)} ago`}
      </p>
      <ol class="timeline">
        {history.items.map((item) => (
          <li key={item.seq}>
            <time dateTime={item.at}>{clock(item.at)}</time>
            <span>{item.text}</span>
            {item.content !== null && <blockquote>{item.content}</blockquote>}
          </li>
        ))}
      </ol>
    </section>
  );
}
