import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { SignedOut, Unreachable, wordsOf } from './api.ts';
import type { Desk } from './desk-context.ts';

export interface Loaded<T> {
  data: T | null;
  /** Why the latest attempt failed; older data stays. */
  fault: string | null;
}

type Listener = Pick<Desk, 'tick' | 'heardFrom' | 'signedOut'>;

/**
 * Data that is fetched anew with every tick, one question at a time. Old data stays until new data is there, so that
 * nothing flickers.
 * @param key names the question: with another key, the old data goes at once
 * @param size how much of it is wanted: with another size, the old data stays meanwhile
 */
export function useLoaded<T extends { asOf?: string }>(
  desk: Listener,
  key: string,
  load: () => Promise<T>,
  size = 1,
): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { key: string }>({ key, data: null, fault: null });
  const latest = useRef({ key, load, desk });
  latest.current = { key, load, desk };

  const ask = useMemo(
    () =>
      oneAtATime(async () => {
        if (latest.current.key !== key) return;
        try {
          const data = await latest.current.load();
          if (latest.current.key !== key) return;
          if (data.asOf !== undefined) latest.current.desk.heardFrom(data.asOf);
          setState({ key, data, fault: null });
        } catch (error) {
          if (error instanceof SignedOut) latest.current.desk.signedOut();
          else if (latest.current.key === key) setState((old) => failed(old, key, error));
        }
      }),
    [key],
  );

  // A tick and another size are reasons to ask again.
  useEffect(() => void ask(), [ask, desk.tick, size]);
  return state.key === key ? state : { data: null, fault: null };
}

/** That the server cannot be reached is told once for the whole page, unless there is nothing else to show. */
function failed<T>(
  old: Loaded<T> & { key: string },
  key: string,
  error: unknown,
): Loaded<T> & { key: string } {
  const data = old.key === key ? old.data : null;
  const known = data !== null && error instanceof Unreachable;
  return { key, data, fault: known ? null : wordsOf(error) };
}

/** Asked again while it works, it works once more afterwards. `work` must not throw. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let working = false;
  let again = false;
  return async () => {
    again = true;
    if (working) return;
    working = true;
    while (again) {
      again = false;
      await work();
    }
    working = false;
  };
}
