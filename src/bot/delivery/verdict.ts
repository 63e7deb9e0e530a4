import { DeliveryError } from '../channel.ts';

/** What becomes of a message that was not delivered. */
export type Verdict =
  | { what: 'later'; fault: string; doubtful: boolean; wait: number }
  | { what: 'dropped'; fault: string }
  | { what: 'unreachable'; problem: string };

const firstBackOff = 1_000;
const longestBackOff = 5 * 60_000;

/**
 * A message that may have arrived each time is not sent for ever: where a channel cannot look, every attempt may show
 * it to the person once more.
 */
const doubtfulAttempts = 8;

/**
 * @param attempts those made so far, this one included
 * @param doubtful whether an earlier one may have arrived
 * @param random from 0 to 1, so that those who failed together do not come again together
 */
export function verdict(error: unknown, attempts: number, doubtful: boolean, random: number): Verdict {
  const code = error instanceof DeliveryError ? error.code : 'unexpected';
  if (code === 'conversation-gone') return { what: 'unreachable', problem: messageOf(error) };
  if (code === 'refused' || code === 'target-gone') return { what: 'dropped', fault: code };
  const unknown = code === 'ambiguous' || code === 'unexpected';
  if (unknown && attempts >= doubtfulAttempts) return { what: 'dropped', fault: code };
  const backOff = Math.min(longestBackOff, firstBackOff * 2 ** Math.min(attempts - 1, 12));
  const asked = error instanceof DeliveryError ? error.retryAfter : undefined;
  const wait = (asked ?? backOff / 2) + (random * backOff) / 2;
  return { what: 'later', fault: code, doubtful: doubtful || unknown, wait: Math.ceil(wait) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
