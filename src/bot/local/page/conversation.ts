import { type Action, encodeAction } from '../../action.ts';
import type { Entry } from '../entry.ts';
import { emptyTranscript, fold, type Transcript } from '../fold.ts';
import { send } from './api.ts';
import { type LineState, listen } from './line.ts';

/** What was typed here and is not in the log yet. */
export interface Echo {
  id: string;
  text: string;
  at: string;
  state: 'sending' | 'sent' | 'failed';
  fault: string | null;
}

/** A press under way, or one that failed; it keeps its id when it is tried again. */
export interface Press {
  id: string;
  action: string;
  value: string | undefined;
  state: 'sending' | 'sent' | 'failed';
  fault: string | null;
}

export interface ChatState {
  transcript: Transcript;
  /** The log has been read once; until then nobody knows whether it is empty. */
  loaded: boolean;
  echoes: readonly Echo[];
  /** By the message that the button belongs to. */
  presses: Readonly<Record<string, Press>>;
  line: LineState;
  /** What a screen reader is told, the latest last. */
  news: readonly { id: number; text: string }[];
  /** Messages that came while the window was hidden. */
  unread: number;
}

/** A message's buttons rest this long after a press, until its edit has come. */
const restAfterPress = 700;

/** The conversation of this window: what the log says, and what is on its way there. */
export class Conversation {
  readonly as: string;
  #state: ChatState = {
    transcript: emptyTranscript,
    loaded: false,
    echoes: [],
    presses: {},
    line: 'connecting',
    news: [],
    unread: 0,
  };
  #watcher: () => void = () => {};

  constructor(as: string) {
    this.as = as;
  }

  get state(): ChatState {
    return this.#state;
  }

  /** `watcher` is called after each change. */
  watch(watcher: () => void): void {
    this.#watcher = watcher;
  }

  begin(): void {
    listen({
      as: this.as,
      after: () => this.#state.transcript.last,
      onEntries: (entries) => this.#take(entries),
      onReset: () => this.#set({ transcript: emptyTranscript, loaded: false }),
      onState: (line) => this.#set({ line }),
    });
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#set({ unread: 0 });
    });
  }

  async say(text: string): Promise<void> {
    const echo: Echo = {
      id: crypto.randomUUID(),
      text,
      at: new Date().toISOString(),
      state: 'sending',
      fault: null,
    };
    this.#set({ echoes: [...this.#state.echoes, echo] });
    await this.#send(echo);
  }

  async sayAgain(id: string): Promise<void> {
    const echo = this.#state.echoes.find((one) => one.id === id);
    if (echo?.state === 'failed') await this.#send(echo);
  }

  async press(messageId: string, action: Action, value?: string): Promise<void> {
    const before = this.#state.presses[messageId];
    if (before && before.state !== 'failed') return;
    const encoded = encodeAction(action);
    const same = before?.action === encoded && before.value === value;
    const id = same ? before.id : crypto.randomUUID();
    const press: Press = { id, action: encoded, value, state: 'sending', fault: null };
    this.#setPress(messageId, press);
    try {
      await send('press', { id, as: this.as, action: encoded, ...(value !== undefined && { value }) });
      this.#setPress(messageId, { ...press, state: 'sent' });
      window.setTimeout(() => this.#forgetPress(messageId, id), restAfterPress);
    } catch (error) {
      this.#setPress(messageId, { ...press, state: 'failed', fault: wordsOf(error) });
    }
  }

  async #send(echo: Echo): Promise<void> {
    this.#setEcho({ ...echo, state: 'sending', fault: null });
    try {
      await send('say', { id: echo.id, as: this.as, text: echo.text });
      this.#setEcho({ ...echo, state: 'sent', fault: null });
    } catch (error) {
      this.#setEcho({ ...echo, state: 'failed', fault: wordsOf(error) });
    }
  }

  #take(entries: Entry[]): void {
    const { transcript, loaded } = this.#state;
    const fresh = entries.filter(({ seq }) => seq > transcript.last);
    const ids = new Set(fresh.map(({ id }) => id));
    const changed = new Set(fresh.map(({ id, body }) => ('target' in body ? body.target : id)));
    const presses = Object.entries(this.#state.presses).filter(([messageId]) => !changed.has(messageId));
    this.#set({
      transcript: fresh.reduce(fold, transcript),
      loaded: true,
      // The log now says what stands there, or that it was withheld.
      echoes: this.#state.echoes.filter(({ id }) => !ids.has(id)),
      presses: Object.fromEntries(presses),
      ...(loaded && this.#notice(fresh)),
    });
    if (!loaded && this.#state.transcript.shown.length === 0) this.#open();
  }

  #notice(fresh: Entry[]): Pick<ChatState, 'news' | 'unread'> {
    const told = fresh.flatMap(({ seq, body }) => {
      if ('message' in body) return [{ id: seq, text: body.message.summary }];
      return body.kind === 'said' && body.text === null ? [{ id: seq, text: removed }] : [];
    });
    const posts = fresh.filter(({ body }) => body.kind === 'post').length;
    return {
      news: [...this.#state.news, ...told].slice(-12),
      unread: document.hidden ? this.#state.unread + posts : 0,
    };
  }

  /** Says that somebody is here, so that the bot begins. It is no loss when it fails: any word begins as well. */
  #open(): void {
    send('opened', { as: this.as }).catch((error: unknown) => console.warn(wordsOf(error)));
  }

  #setEcho(echo: Echo): void {
    this.#set({ echoes: this.#state.echoes.map((one) => (one.id === echo.id ? echo : one)) });
  }

  #setPress(messageId: string, press: Press): void {
    this.#set({ presses: { ...this.#state.presses, [messageId]: press } });
  }

  #forgetPress(messageId: string, id: string): void {
    const { [messageId]: press, ...others } = this.#state.presses;
    if (press?.id === id) this.#set({ presses: others });
  }

  #set(part: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...part };
    this.#watcher();
  }
}

/** What stands in place of withheld words. */
export const removed = '(removed: it may have been a secret)';

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
