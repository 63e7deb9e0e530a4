import { setTimeout as delay } from 'node:timers/promises';
import { holdLink, type LinkEnd, type LinkOptions } from './connection.ts';

export interface KeepLinkOptions extends LinkOptions {
  /** 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly backOff: { readonly fromMs: number; readonly toMs: number };
  readonly onEnd: (end: LinkEnd) => void;
}

/**
 * Links again and again, until `signal` aborts or the server says that the pairing is over. Pauses grow from try to
 * try and are never the same for two agents: a server that comes back must not be met by all of them at once.
 *
 * @returns whether the server ended the pairing
 */
export async function keepLink(options: KeepLinkOptions): Promise<'stopped' | 'unpaired'> {
  const { signal, random, backOff } = options;
  let tries = 0;
  while (!signal.aborted) {
    const end = await holdLink({
      ...options,
      onOpen: (say, welcome) => {
        tries = 0;
        options.onOpen(say, welcome);
      },
    });
    if (signal.aborted) break;
    options.onEnd(end);
    if (end.kind === 'goodbye' && end.why === 'unpaired') return 'unpaired';
    await delay(pauseAfter(end, tries, random(), backOff), undefined, { signal }).catch(() => {});
    tries += 1;
  }
  return 'stopped';
}

/** How long (ms) to wait before the next try: half of it by chance. */
export function pauseAfter(
  end: LinkEnd,
  tries: number,
  chance: number,
  { fromMs, toMs }: KeepLinkOptions['backOff'],
): number {
  // Who was told to say less, or was pushed out by another link of the same pairing, stays away for long.
  const unwelcome = end.kind === 'goodbye' && (end.why === 'flood' || end.why === 'replaced');
  const whole = unwelcome ? toMs : Math.min(fromMs * 2 ** tries, toMs);
  return Math.round(whole * (0.5 + chance / 2));
}
