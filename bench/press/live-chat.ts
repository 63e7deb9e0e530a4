import { randomUUID } from 'node:crypto';
import { entry } from '../../src/bot/local/entry.ts';
import type { Message } from '../../src/bot/message.ts';

/** Somebody at the browser chat who listens to its live stream, as the page does. */
export class LiveChat {
  readonly #url: string;
  readonly #as: string;
  readonly #closing = new AbortController();
  readonly #cards: Message[] = [];
  #waiting: { until: (card: Message) => boolean; give: (card: Message) => void } | undefined;

  private constructor(url: string, as: string) {
    this.#url = url;
    this.#as = as;
  }

  static async open(url: string, as: string): Promise<LiveChat> {
    const chat = new LiveChat(url, as);
    const response = await fetch(`${url}/chat/api/stream?as=${as}`, { signal: chat.#closing.signal });
    if (!response.ok || !response.body) throw new Error(`the stream answers ${response.status}`);
    chat.#listen(response.body).catch((error: unknown) => {
      if (!chat.#closing.signal.aborted) throw error;
    });
    await chat.post('opened', {});
    return chat;
  }

  async post(path: 'press' | 'say' | 'opened', body: object): Promise<void> {
    const response = await fetch(`${this.#url}/chat/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as: this.#as, ...(path !== 'opened' && { id: randomUUID() }), ...body }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }

  /** The next card that is so, of those not taken yet. */
  card(until: (card: Message) => boolean = () => true): Promise<Message> {
    for (let card = this.#cards.shift(); card; card = this.#cards.shift())
      if (until(card)) return Promise.resolve(card);
    return new Promise((give) => {
      this.#waiting = { until, give };
    });
  }

  close(): void {
    this.#closing.abort();
  }

  async #listen(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      rest += decoder.decode(chunk, { stream: true });
      const events = rest.split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) this.#take(event);
    }
  }

  #take(event: string): void {
    const data = /^event: entry\ndata: (.*)$/m.exec(event)?.[1];
    if (data === undefined) return;
    const { body } = entry.parse(JSON.parse(data));
    if ((body.kind !== 'post' && body.kind !== 'edit') || body.message.buttons.length === 0) return;
    if (this.#waiting?.until(body.message)) {
      this.#waiting.give(body.message);
      this.#waiting = undefined;
    } else if (!this.#waiting) this.#cards.push(body.message);
  }
}
