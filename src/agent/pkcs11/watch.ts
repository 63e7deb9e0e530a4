import { setTimeout as delay } from 'node:timers/promises';
import { runChild, type SpawnChild } from './run-child.ts';

export interface WatchOptions {
  readonly spawnChild: SpawnChild;
  readonly module: string;
  /**
   * Called with the names of the readers that hold a token, at the start and after each change. A removal is told
   * when two looks in a row saw it: a new child's first look may come too early to see what is in.
   */
  readonly onChange: (readers: readonly string[]) => void;
  /** Called when the child hung or crashed and another takes its place. */
  readonly onRestart?: (why: string) => void;
  readonly signal: AbortSignal;
  /** How often to look. Removal shows within this, insertion in about 2 s. */
  readonly pollMs?: number;
  /**
   * A child that was silent for so long hangs. Doubles up to a minute while children stay silent: on a slow
   * computer the first look at a new token takes its time, and each new child has to begin it again.
   */
  readonly hangMs?: number;
  /** Pause before a new child; doubles up to 30 s while children keep failing. */
  readonly restartMs?: number;
}

const MAX_RESTART_MS = 30_000;
const MAX_HANG_MS = 60_000;

/**
 * Watches for tokens that come and go until `signal` aborts. Polls in a child process, because the module's own
 * blocking wait cannot be ended, and starts a new child when one hangs or crashes. Never rejects.
 */
export async function watchTokens(options: WatchOptions): Promise<void> {
  const { spawnChild, module, signal, pollMs = 250, hangMs = 5_000, restartMs = 250 } = options;
  let last: readonly string[] | null = null;
  let pause = restartMs;
  let patience = hangMs;
  while (!signal.aborted) {
    let failure = 'it ended';
    let doubted: readonly string[] | null = null;
    const request = { kind: 'watch', module, pollMs, deadlineMs: patience } as const;
    const child = runChild(spawnChild, request, (answer) => {
      if (answer.kind === 'failed') failure = answer.detail;
      if (answer.kind !== 'present') return;
      pause = restartMs;
      patience = hangMs;
      const readers = [...new Set(answer.readers)].sort();
      const before = doubted;
      doubted = readers;
      if (same(readers, last)) return;
      const removed = last?.some((reader) => !readers.includes(reader)) ?? false;
      if (removed && !same(readers, before)) return;
      last = readers;
      options.onChange(readers);
    });
    const stop = (): void => child.stop();
    signal.addEventListener('abort', stop, { once: true });
    const end = await child.ended;
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    options.onRestart?.(
      end.kind === 'timed-out' ? 'it was silent' : end.kind === 'crashed' ? end.detail : failure,
    );
    await delay(pause, undefined, { signal }).catch(() => {});
    pause = Math.min(pause * 2, MAX_RESTART_MS);
    if (end.kind === 'timed-out') patience = Math.min(patience * 2, MAX_HANG_MS);
  }
}

function same(one: readonly string[], other: readonly string[] | null): boolean {
  return other !== null && one.join('\n') === other.join('\n');
}
