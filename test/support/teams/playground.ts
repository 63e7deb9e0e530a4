import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { z } from 'zod';

const cli = fileURLToPath(
  new URL('../../../node_modules/@microsoft/m365agentsplayground/cli.js', import.meta.url),
);

const content = z.looseObject({
  messageId: z.string(),
  from: z.object({ id: z.string() }),
  text: z.string().nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string(), content: z.unknown() })).default([]),
});
const frame = z.looseObject({
  action: z.string(),
  actionConversationId: z.string().optional(),
  message: content.optional(),
});
const configuration = z.looseObject({
  personalChat: z.looseObject({ id: z.string() }),
  currentUser: z.looseObject({ id: z.string() }),
  bot: z.looseObject({ id: z.string(), name: z.string() }),
  groupChats: z.array(z.looseObject({ id: z.string() })).min(1),
});

export interface Shown {
  id: string;
  conversation: string;
  from: string;
  text: string;
  card: Card | null;
  /** How often it was changed since it was posted. */
  edits: number;
}
export type Card = { body: Record<string, unknown>[]; [key: string]: unknown };

/** Microsoft's own local Teams client, started on a free port and driven over its HTTP and WebSocket interface. */
export class Playground {
  readonly url: string;
  readonly personal: string;
  readonly me: string;
  readonly group: string;
  readonly bot: { id: string; name: string };
  readonly messages = new Map<string, Shown>();
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  #changed: () => void = () => {};

  private constructor(
    url: string,
    child: ChildProcess,
    socket: WebSocket,
    config: z.output<typeof configuration>,
  ) {
    this.url = url;
    this.#child = child;
    this.#socket = socket;
    this.personal = config.personalChat.id;
    this.me = config.currentUser.id;
    this.bot = config.bot;
    this.group = config.groupChats[0]?.id ?? '';
    socket.on('message', (data) => this.#take(frame.parse(JSON.parse(String(data)))));
  }

  static async start(endpoint: string): Promise<Playground> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const child = spawn(
      process.execPath,
      [cli, '-e', endpoint, '-c', 'msteams', '-p', String(port), '--disable-telemetry'],
      { stdio: 'ignore', env: { ...process.env, BROWSER: 'none' } },
    );
    await until(async () => (await fetch(`${url}/_debug/ping`)).ok);
    const config = configuration.parse(
      z.object({ config: z.unknown() }).parse(await (await fetch(`${url}/_internal/v1/config`)).json())
        .config,
    );
    const socket = new WebSocket(`${url.replace('http', 'ws')}/_ws_conversation/v1/conversations/stream`);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return new Playground(url, child, socket, config);
  }

  async stop(): Promise<void> {
    this.#socket.close();
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await gone;
  }

  /** As when the person installs the bot. */
  async install(): Promise<void> {
    await this.#post(`/_debug/conversation/${this.personal}/installation`, {});
  }

  async say(text: string, conversation: string = this.personal, mentions: unknown[] = []): Promise<void> {
    await this.#post(`/_conversation/v1/conversations/${encodeURIComponent(conversation)}/messages`, {
      from: { id: this.me },
      text,
      textFormat: 'plain',
      mentions,
    });
  }

  /** In a group a bot hears only what it is addressed with. */
  async mention(text: string, conversation: string): Promise<void> {
    const at = `<at>${this.bot.name}</at>`;
    await this.say(`${at} ${text}`, conversation, [{ mentioned: { id: this.bot.id }, text: at }]);
  }

  /** Presses a button of a card; the answer is what the bot gave back to the client. */
  async press(message: Shown, action: unknown, inputs: Record<string, string> = {}): Promise<unknown> {
    const { data, ...rest } = z.looseObject({ data: z.looseObject({}) }).parse(action);
    return this.#post('/_conversation/v1/invoke', {
      name: 'adaptiveCard/action',
      value: { action: { ...rest, data: { ...data, ...inputs } }, trigger: 'manual' },
      from: { id: this.me },
      conversation: { id: message.conversation },
      replyToId: message.id,
    });
  }

  /**
   * The newest message of the bot that fits, once there is one.
   * @param other it must look different from this one, which is the newest that fits now
   */
  async shown(fits: (message: Shown) => boolean, other?: Shown, within = 10_000): Promise<Shown> {
    const before = JSON.stringify(other);
    const limit = Date.now() + within;
    for (;;) {
      const found = [...this.messages.values()].reverse().find((m) => m.from !== this.me && fits(m));
      if (found && JSON.stringify(found) !== before) return found;
      const left = limit - Date.now();
      if (left <= 0)
        throw new Error(`Not shown: ${JSON.stringify([...this.messages.values()]).slice(-3000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #take({ action, actionConversationId, message }: z.output<typeof frame>): void {
    if (message) {
      const before = this.messages.get(message.messageId);
      const card = message.attachments.find((a) => a.contentType.endsWith('card.adaptive'))?.content;
      this.messages.set(message.messageId, {
        id: message.messageId,
        conversation:
          before?.conversation ?? String(message.postConversationId ?? actionConversationId ?? ''),
        from: message.from.id,
        text: message.text ?? '',
        card: card ? (card as Card) : null,
        edits: (before?.edits ?? -1) + 1,
      });
    } else if (/delete/i.test(action)) {
      this.messages.clear();
    }
    this.#changed();
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The Playground answered ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}

/** The buttons of a card that press, in its order; those of a question not yet asked among them. */
export function actionsOf({ card }: Shown): { verb: string; title: string; data: { action: string } }[] {
  const found: { verb: string; title: string; data: { action: string } }[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      const parsed = executed.safeParse(value);
      if (parsed.success) found.push(parsed.data);
      else Object.values(value).forEach(look);
    }
  };
  look(card);
  return found;
}

const executed = z.looseObject({
  type: z.literal('Action.Execute'),
  verb: z.string(),
  title: z.string(),
  data: z.looseObject({ action: z.string() }),
});

export function titleOf({ card }: Shown): string {
  const heading = card?.body.find((element) => element.style === 'heading');
  return typeof heading?.text === 'string' ? heading.text : '';
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

async function until(ready: () => Promise<boolean>, within = 20_000): Promise<void> {
  const limit = Date.now() + within;
  while (Date.now() < limit) {
    if (await ready().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('It did not come up in time.');
}
