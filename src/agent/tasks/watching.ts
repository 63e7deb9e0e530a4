import { type LookWorld, watchToken } from '../actions/looks.ts';
import type { AgentFrame } from '../protocol/frames.ts';

/** The one watch that may be kept at a time. */
export interface Watching {
  /** Ends the watch before it; resolves when its own time is over or the next begins. */
  watch(task: string, minutes: number, signal: AbortSignal): Promise<{ present: boolean }>;
  /** Tells again what is so, as to a server that may have missed it. */
  tellAgain(): void;
}

export function openWatching(
  world: LookWorld,
  clock: () => Date,
  say: (frame: AgentFrame) => void,
): Watching {
  let current: { readonly over: AbortController; tell: () => void } | null = null;
  return {
    async watch(task, minutes, signal) {
      current?.over.abort();
      const mine = { over: new AbortController(), tell: (): void => {} };
      current = mine;
      const timer = setTimeout(() => mine.over.abort(), minutes * 60_000);
      const seen = (present: boolean): void => {
        mine.tell = () => say({ type: 'seen', task, present, at: clock().getTime() });
        mine.tell();
      };
      try {
        return await watchToken(world, seen, AbortSignal.any([mine.over.signal, signal]));
      } finally {
        clearTimeout(timer);
        if (current === mine) current = null;
      }
    },
    tellAgain: () => current?.tell(),
  };
}
