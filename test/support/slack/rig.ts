import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import type { Delivery } from '../../../src/bot/channel.ts';
import type { Incoming, Receive } from '../../../src/bot/incoming.ts';
import { type Message, message } from '../../../src/bot/message.ts';
import { createSlack, type Slack, type SlackParts } from '../../../src/bot/slack/index.ts';
import { overHttp, overSocket, People } from './people.ts';
import { SlackServer } from './server.ts';

export type Mode = 'http' | 'socket';
export const secret = 'a-signing-secret-for-tests';

export interface Rig {
  slack: SlackServer;
  people: People;
  bot: Slack;
  /** What reached the engine's place, in order. */
  received: Incoming[];
  /** What the log said at "warn" and above. */
  logged: string[];
  /** The address of `/slack/events`; over Socket Mode there is none. */
  url: string;
  stop(): Promise<void>;
}

export interface RigOptions extends Partial<Omit<SlackParts, 'settings'>> {
  mode?: Mode;
  settings?: Partial<SlackParts['settings']>;
  prepare?(slack: SlackServer): void;
  start?: boolean;
}

/** The Slack channel between a Slack of our own and whoever stands in the engine's place. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { mode = 'http', settings, prepare, start = true, ...more } = options;
  const slack = await SlackServer.start();
  for (const user of ['U1', 'U2', 'U3']) slack.model.addUser(user);
  prepare?.(slack);
  const received: Incoming[] = [];
  const logged: string[] = [];
  const receive: Receive = async (incoming) => {
    received.push(incoming);
    return 'received';
  };
  const note = (fields: object, text: string) =>
    void logged.push(`${text} ${JSON.stringify(fields, errors)}`);
  const bot = createSlack({
    receive,
    home: async () => [],
    pictures: { address: () => null, read: async () => Buffer.from('png') },
    keep: memory(),
    clock: () => new Date(),
    log: { info: () => {}, warn: note, error: note },
    ...more,
    settings: {
      botToken: slack.botToken,
      signingSecret: secret,
      appToken: mode === 'socket' ? slack.appToken : null,
      apiUrl: slack.apiUrl,
      helpDeskChannel: null,
      ...settings,
    },
  });
  const app = Fastify();
  if (bot.routes) await app.register(bot.routes);
  const address = bot.routes ? await app.listen({ port: 0, host: '127.0.0.1' }) : '';
  const url = `${address}/slack/events`;
  if (start) await bot.channel.start?.();
  const people = new People(slack, mode === 'http' ? overHttp(url, secret) : overSocket(slack));
  const stop = async () => {
    await bot.channel.stop?.();
    await app.close();
    await slack.stop();
  };
  return { slack, people, bot, received, logged, url, stop };
}

function memory(): SlackParts['keep'] {
  const kept = new Map<string, string>();
  return { get: async (id) => kept.get(id) ?? null, set: async (id, value) => void kept.set(id, value) };
}

const errors = (_: string, value: unknown) =>
  value instanceof Error ? `${value.name}: ${value.message}` : value;

/** A delivery to this person's direct conversation. */
export function deliveryTo(user: string, say: Partial<Message> = {}, more: Partial<Delivery> = {}): Delivery {
  return {
    id: randomUUID(),
    conversation: { key: `T1/${user}`, reference: { user } },
    audience: 'employee',
    op: 'post',
    message: message.parse({ summary: 'Hello', tone: 'info', ...say }),
    ambiguous: false,
    ...more,
  };
}
