import type { Happening } from '../wire.ts';
import { dayOf, timeOf } from './time.ts';

const actors: Readonly<Record<string, string>> = {
  employee: 'Employee',
  staff: 'Help desk',
  desk: 'Help desk',
  computer: 'Computer',
  timer: 'By itself',
};

/** What happened, day by day, the latest first. */
export function Timeline({ items }: { items: readonly Happening[] }) {
  if (items.length === 0) return <p class="quiet">Nothing yet: this person has only been greeted.</p>;
  return (
    <div class="timeline">
      {[...Map.groupBy(items, (item) => dayOf(item.at))].map(([day, happenings]) => (
        <section key={day} aria-label={day}>
          <h4>{day}</h4>
          <ol reversed>
            {happenings.map((item) => (
              <li key={item.seq} class={item.actor.kind}>
                <time dateTime={item.at}>{timeOf(item.at)}</time>
                <p>
                  <span class={item.actor.kind === 'employee' ? 'unseen' : 'actor'}>
                    {`${actors[item.actor.kind] ?? item.actor.kind}: `}
                  </span>
                  {item.text}
                </p>
                {item.content !== null && <blockquote>{item.content}</blockquote>}
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
