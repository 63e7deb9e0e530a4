import type { EscalationItem } from '../wire.ts';
import { since } from './time.ts';

export interface CallActions {
  claim: (id: string) => void;
  resolve: (id: string) => void;
  open: (journey: string) => void;
}

/** Open escalations, the oldest first, each with Claim and Resolve. */
export function Calls({ items, claim, resolve, open }: CallActions & { items: EscalationItem[] }) {
  if (items.length === 0) return <p class="empty">Nobody is calling. Well done.</p>;
  return (
    <ul class="calls">
      {items.map((call) => (
        <li key={call.id} class={call.priority}>
          <h3>
            {call.priority === 'urgent' && <span class="badge danger">Urgent</span>} {call.reason.text}
          </h3>
          <p>
            <button type="button" class="link" onClick={() => open(call.journey.id)}>
              {call.journey.person.name ?? 'An employee'}
            </button>
            {` at “${call.step.title}”, for ${since(call.openedAt)}`}
          </p>
          {call.tried.length > 0 && (
            <p class="quiet">{`Tried: ${call.tried.map((t) => t.symptom).join('; ')}`}</p>
          )}
          <p class="row">
            {call.claimed ? (
              <span>{`${call.claimed.name} has it`}</span>
            ) : (
              <button type="button" class="primary" onClick={() => claim(call.id)}>
                Claim
              </button>
            )}
            <button type="button" onClick={() => resolve(call.id)}>
              Resolve
            </button>
          </p>
        </li>
      ))}
    </ul>
  );
}
