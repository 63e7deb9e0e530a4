import type { Call, JourneyItem } from '../wire.ts';
import { CallActions } from './call-actions.tsx';
import { useDesk } from './desk-context.ts';
import { openedWords } from './names.ts';
import { ago, momentOf } from './time.ts';

/** The calls that are not resolved, with what can be done about them. */
export function PersonCalls({ person }: { person: JourneyItem }) {
  const { now } = useDesk();
  const { escalations } = person;
  if (escalations.length === 0) return null;
  return (
    <section aria-labelledby="story-calls">
      <h3 id="story-calls">{escalations.length === 1 ? 'Call for help' : 'Calls for help'}</h3>
      <ul class="cards">
        {escalations.map((call) => (
          <li key={call.id} class={`card ${call.priority}`} data-home="story">
            <div class="card-words">
              <h4>{call.reason.text}</h4>
              <p class="quiet" title={momentOf(call.openedAt)}>
                {`${openedWords[call.openedBy] ?? 'Called'} · ${ago(call.openedAt, now)} · at “${call.step.title}”`}
              </p>
              {call.tried.length > 0 && (
                <p class="quiet">{`Tried: ${call.tried.map((one) => one.symptom).join('; ')}`}</p>
              )}
            </div>
            <CallActions call={call} person={person} place="story" />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Calls that are over. */
export function Resolved({ calls }: { calls: readonly Call[] }) {
  if (calls.length === 0) return null;
  return (
    <>
      <h3>Earlier calls</h3>
      <ul class="earlier">
        {calls.map((call) => (
          <li key={call.id}>
            {call.reason.text}
            <span class="quiet">{` · ${endOf(call)}`}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function endOf({ resolved, claimed }: Call): string {
  if (!resolved) return 'resolved';
  const who =
    resolved.id === 'employee' ? 'the employee found the way alone' : `resolved by ${resolved.name}`;
  const after = claimed && claimed.id !== resolved.id ? ` (${claimed.name} had claimed it)` : '';
  return `${who}${after}, ${momentOf(resolved.at)}`;
}
