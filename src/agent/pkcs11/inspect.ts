import { setTimeout as delay } from 'node:timers/promises';
import { lookOnce, type OneLook } from './look-once.ts';
import type { Look, ServiceState } from './messages.ts';
import type { SpawnChild } from './run-child.ts';

/** The settled result of as many looks as it took. */
export interface Inspection {
  readonly outcome: 'looked' | 'failed' | 'timed-out';
  readonly detail: string | null;
  readonly system: ServiceState;
  readonly look: Look | null;
  /** False: a token kept coming and going, and `look` is not to be relied on. */
  readonly settled: boolean;
}

export interface InspectOptions {
  readonly spawnChild: SpawnChild;
  /** Path of the PKCS#11 module; it is loaded in the child only. */
  readonly module: string;
  /** Per look; a good token on a slow reader takes 2–3 s. */
  readonly deadlineMs?: number;
  readonly pauseMs?: number;
  readonly maxLooks?: number;
  /** A look that shows this needs no second one. What is read wrongly shows too little, never too much. */
  readonly enough?: (inspection: Inspection) => boolean;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Looks until two looks agree. A card that is pulled while it is read looks blank, or half full, and OpenSC can
 * deadlock or crash over it: so what a single look says about a token, or about the module, is never believed.
 * An empty reader is believed at once. Never rejects; takes at most about `maxLooks` × `deadlineMs`, and
 * 2 × `deadlineMs` when the token or the module is simply stuck.
 */
export async function inspect(options: InspectOptions): Promise<Inspection> {
  const { spawnChild, module, deadlineMs = 10_000, pauseMs = 300, maxLooks = 6, sleep = delay } = options;
  let previous: string | null = null;
  for (let n = 1; ; n += 1) {
    const one = await lookOnce(spawnChild, module, deadlineMs);
    const seen = signature(one);
    const believed: Inspection = { ...result(one), settled: true };
    if (holdsNothing(one) || (seen !== null && (seen === previous || options.enough?.(believed))))
      return believed;
    if (n >= maxLooks) return { ...result(one), settled: false };
    previous = seen;
    await sleep(pauseMs);
  }
}

function result({ outcome, detail, system, look }: OneLook): Omit<Inspection, 'settled'> {
  return { outcome, detail, system, look };
}

function holdsNothing({ look, after }: OneLook): boolean {
  const noCard = after.readers.every(({ card }) => card === 'absent');
  return look?.slots.every(({ token, problem }) => token === null && problem === null) === true && noCard;
}

/** What two looks must have in common to be believed; `null` when this one shows that something was moving. */
function signature({ outcome, look, system, after }: OneLook): string | null {
  const moved = JSON.stringify(system.readers) !== JSON.stringify(after.readers);
  const interrupted = look?.slots.some(({ token }) => token !== null && token.interrupted !== null) ?? false;
  if (look !== null && (moved || interrupted)) return null;
  // Event counters belong in it: between two equal looks the card must not have been out and in again.
  return JSON.stringify([outcome, look?.slots, outcome === 'looked' ? after.readers : null]);
}
