import { type Entry, entry } from '../entry.ts';
import { beatEvery } from '../wire.ts';

export type LineState = 'connecting' | 'open' | 'lost';

interface LineParts {
  as: string;
  /** The last line of the log that the page has. */
  after(): number;
  /** New lines, in order; those missed while away come in one go. */
  onEntries(entries: Entry[]): void;
  /** The server knows another log than the page: forget it, it will come anew. */
  onReset(): void;
  onState(state: LineState): void;
}

const firstRetry = 400;
const slowestRetry = 5_000;
/** A hidden window hangs up after this, and looks in that often: a browser has six connections for one server. */
const hangUpAfter = 10_000;
const lookInEvery = 20_000;

/**
 * The live line to the server. It comes back by itself after a loss, from the line where it was; a line that has
 * been silent for longer than two beats counts as lost (a computer that slept notices nothing else).
 * @returns what ends it
 */
export function listen(parts: LineParts): () => void {
  let source: EventSource | null = null;
  let retry = firstRetry;
  let timer: number | undefined;
  let watchdog: number | undefined;

  function connect(): void {
    hangUp();
    const missed: Entry[] = [];
    let ready = false;
    const address = `/chat/api/stream?as=${encodeURIComponent(parts.as)}&after=${parts.after()}`;
    const line = new EventSource(address);
    source = line;
    stayAwake();

    line.addEventListener('entry', (event) => {
      stayAwake();
      const one = entry.parse(JSON.parse(event.data));
      if (ready) parts.onEntries([one]);
      else missed.push(one);
    });
    line.addEventListener('beat', stayAwake);
    line.addEventListener('reset', () => {
      parts.onReset();
      again(0);
    });
    line.addEventListener('ready', () => {
      if (source !== line) return;
      stayAwake();
      ready = true;
      retry = firstRetry;
      parts.onEntries(missed);
      parts.onState('open');
      if (document.hidden) again(lookInEvery);
    });
    line.addEventListener('error', () => {
      if (source === line) lost();
    });
  }

  function lost(): void {
    parts.onState('lost');
    again(retry);
    retry = Math.min(retry * 1.6, slowestRetry);
  }

  function again(wait: number): void {
    hangUp();
    timer = window.setTimeout(connect, wait);
  }

  function hangUp(): void {
    window.clearTimeout(timer);
    window.clearTimeout(watchdog);
    source?.close();
    source = null;
  }

  function stayAwake(): void {
    window.clearTimeout(watchdog);
    watchdog = window.setTimeout(lost, 2.5 * beatEvery);
  }

  function seen(): void {
    if (!document.hidden) {
      if (!source) connect();
      else window.clearTimeout(timer);
    } else if (source) {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => again(lookInEvery), hangUpAfter);
    }
  }

  document.addEventListener('visibilitychange', seen);
  window.addEventListener('online', connect);
  connect();

  return () => {
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('online', connect);
    hangUp();
  };
}
