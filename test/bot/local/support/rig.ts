import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { build } from 'esbuild';
import fastify, { type FastifyInstance, type onRequestAsyncHookHandler } from 'fastify';
import type { Delivery } from '../../../../src/bot/channel.ts';
import type { Incoming, Received } from '../../../../src/bot/incoming.ts';
import { messageRef } from '../../../../src/bot/local/entry.ts';
import {
  createLocalChat,
  type LocalChannel,
  type LocalChat,
  type Page,
} from '../../../../src/bot/local/index.ts';
import { conversationKey } from '../../../../src/bot/local/who.ts';
import { type Message, message as messageSchema } from '../../../../src/bot/message.ts';
import { type Database, openDatabase } from '../../../../src/store/database.ts';

/** Answers what comes in, as the engine would: through the channel. */
export type Script = (incoming: Incoming, rig: Rig) => Promise<void> | void;

export interface Rig {
  database: Database;
  readonly channel: LocalChannel;
  /** Everything that came in, once for each id. */
  received: Incoming[];
  staffPosts: Delivery[];
  address: string;
  /** How the next events are answered. */
  script: Script;
  say(as: string, message: Partial<Message>): Promise<string>;
  edit(as: string, target: string, message: Partial<Message>): Promise<void>;
  remove(as: string, target: string): Promise<void>;
  /** Stops the server and starts it again on the same port, with the same database. `between` runs while it is down. */
  restart(between?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

interface RigOptions {
  page?: Page;
  guard?: onRequestAsyncHookHandler;
  script?: Script;
}

/** A real server on a free port, a real database in memory, the real channel; only the engine is played. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const database = await openDatabase({});
  const picturesDir = await mkdtemp(join(tmpdir(), 'ecadesk-pictures-'));
  await writeFile(join(picturesDir, 'fields.png'), samplePicture());
  await writeFile(join(picturesDir, 'secret.txt'), 'not a picture');
  const received: Incoming[] = [];
  const staffPosts: Delivery[] = [];
  let app: FastifyInstance | undefined;
  let chat: LocalChat | undefined;

  async function receive(incoming: Incoming): Promise<Received> {
    if (received.some(({ id }) => id === incoming.id)) return 'duplicate';
    await rig.script(incoming, rig);
    received.push(incoming);
    return 'received';
  }

  async function listen(port: number): Promise<void> {
    chat = createLocalChat({
      database,
      receive,
      clock: () => new Date(),
      picturesDir,
      guard: options.guard ?? (async () => {}),
      page: options.page ?? { script: '/* script */', style: '/* style */' },
      onStaffPost: (delivery) => staffPosts.push(delivery),
    });
    app = fastify({ forceCloseConnections: true });
    await app.register(chat.routes);
    rig.address = await app.listen({ host: '127.0.0.1', port });
  }

  const deliver = (as: string, part: Pick<Delivery, 'op' | 'target' | 'message'>) => {
    const id = randomUUID();
    const conversation = { key: conversationKey(as), reference: { as } };
    return rig.channel.deliver({ id, conversation, audience: 'employee', ambiguous: false, ...part });
  };

  const rig: Rig = {
    database,
    get channel() {
      if (!chat) throw new Error('The rig has not started.');
      return chat.channel;
    },
    address: '',
    received,
    staffPosts,
    script: options.script ?? (() => {}),
    async say(as, message) {
      const { ref } = await deliver(as, { op: 'post', message: messageOf(message) });
      return messageRef.parse(ref).id;
    },
    async edit(as, target, message) {
      await deliver(as, { op: 'edit', target: { id: target }, message: messageOf(message) });
    },
    async remove(as, target) {
      await deliver(as, { op: 'delete', target: { id: target }, message: messageOf({}) });
    },
    async restart(between) {
      const port = Number(new URL(rig.address).port);
      await app?.close();
      await between?.();
      await listen(port);
    },
    async close() {
      await app?.close();
      await database.close();
      await rm(picturesDir, { recursive: true });
    },
  };
  await listen(0);
  return rig;
}

export function messageOf(parts: Partial<Message>): Message {
  return messageSchema.parse({ summary: 'A message.', tone: 'info', ...parts });
}

/** The page as the build makes it. */
export async function bundlePage(): Promise<Page> {
  const { outputFiles } = await build({
    entryPoints: ['src/bot/local/page/main.tsx'],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outdir: 'unused',
  });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

function samplePicture(): Buffer {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="420"><rect width="960" height="420" fill="#f7f9fa"/>
<g font-family="sans-serif" font-size="30" fill="#15232b"><text x="60" y="90">Activation code</text><text x="60" y="240">Password</text></g>
<g fill="#fff" stroke="#0c6170" stroke-width="4"><rect x="60" y="110" width="620" height="64" rx="8"/><rect x="60" y="260" width="620" height="64" rx="8"/></g>
<circle cx="760" cy="142" r="34" fill="#0c6170"/><circle cx="760" cy="292" r="34" fill="#0c6170"/></svg>`;
  return new Resvg(svg).render().asPng();
}
