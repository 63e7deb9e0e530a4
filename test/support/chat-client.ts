import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Action, encodeAction } from '../../src/bot/action.ts';
import { type Message, message } from '../../src/bot/message.ts';

const transcript = z.object({
  last: z.number(),
  entries: z.array(z.object({ seq: z.number(), id: z.string(), body: z.looseObject({ kind: z.string() }) })),
});

/** Somebody at the browser chat, speaking its HTTP API as the page does. */
export class ChatClient {
  readonly #base: () => string;
  readonly #as: string;
  constructor(base: () => string, as: string) {
    this.#base = base;
    this.#as = as;
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#base()}/chat/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ as: this.#as, zone: 'America/New_York', ...body }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async open(): Promise<void> {
    await this.#post('opened', {});
  }

  say(text: string, id: string = randomUUID()): Promise<unknown> {
    return this.#post('say', { id, text });
  }

  press(action: Action, value?: string, id: string = randomUUID()): Promise<unknown> {
    return this.#post('press', { id, action: encodeAction(action), ...(value !== undefined && { value }) });
  }

  /** The conversation as the page shows it: edits applied, the bot's messages only. */
  async messages(): Promise<{ id: string; message: Message }[]> {
    const response = await fetch(`${this.#base()}/chat/api/transcript?as=${this.#as}`);
    const { entries } = transcript.parse(await response.json());
    const shown = new Map<string, Message>();
    for (const { id, body } of entries) {
      if (body.kind === 'post') shown.set(id, message.parse(body.message));
      if (body.kind === 'edit') shown.set(z.string().parse(body.target), message.parse(body.message));
    }
    return [...shown].map(([id, m]) => ({ id, message: m }));
  }

  /** The card: the last message with buttons of a journey. Waits, since delivery follows the answer. */
  async card(until: (m: Message) => boolean = () => true): Promise<Message> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const all = await this.messages();
      const card = all.map((m) => m.message).findLast((m) => m.buttons.length > 0 || m.choices);
      if (card && until(card)) return card;
      if (Date.now() > deadline)
        throw new Error(`the card never came; the last one is ${JSON.stringify(card)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
