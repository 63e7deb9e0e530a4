import { useCallback, useEffect, useState } from 'preact/hooks';

/** "starting" until the server's word first comes; "lost" when it ceased to. */
export type Link = 'starting' | 'live' | 'lost';

/** The stream tells of this process only; what another one did is found by asking. */
const askEvery = 15_000;
const tryAgainAfter = 3_000;

/** `tick` goes up whenever the page should look again. */
export function useLive(): { tick: number; link: Link; look: () => void } {
  const [tick, setTick] = useState(0);
  const [link, setLink] = useState<Link>('starting');
  const look = useCallback(() => setTick((n) => n + 1), []);

  useEffect(() => {
    let stream: EventSource | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      stream = new EventSource('/desk/stream');
      stream.addEventListener('ready', () => {
        setLink('live');
        look();
      });
      stream.addEventListener('changed', look);
      stream.addEventListener('error', () => {
        setLink('lost');
        // It was refused rather than cut: the browser gives up, and a look tells whether the session is over.
        if (stream?.readyState !== EventSource.CLOSED) return;
        look();
        again = setTimeout(open, tryAgainAfter);
      });
    };
    open();
    const timer = setInterval(look, askEvery);
    const seen = () => document.visibilityState === 'visible' && look();
    document.addEventListener('visibilitychange', seen);
    return () => {
      stream?.close();
      clearTimeout(again);
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [look]);

  return { tick, link, look };
}
