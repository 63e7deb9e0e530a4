import { Agent, request } from 'node:http';
import { z } from 'zod';
import { messageActivity, pressActivity, tenant } from '../../test/support/teams/activities.ts';
import { median } from '../report.ts';
import { cpuOf } from '../support/program.ts';
import type { QuickConnector } from './connector.ts';

export interface Measured {
  pressesPerSecond: number;
  /** Milliseconds until the answer to the press, which holds the new card; and until the message was updated too. */
  answered: number;
  updated: number;
  failed: number;
  /** Milliseconds of processor time in the measured program for each press. */
  cpu: number;
}

export interface Load {
  connector: QuickConnector;
  url: string;
  people: readonly string[];
  /** How many press at the same time; each waits for the updated message before the next press. */
  atOnce: number;
  pid: number;
  /** Milliseconds. */
  warmUp: number;
  measure: number;
}

/** A card that can be pressed: the message, and what its button says. */
export type Cards = Map<string, { id: string; action: string }>;

const pressable = /"action":"((?:stuck|to-step)\|[^"]*)"/;

/** What follows from a card's text: its next press. */
export const nextPress = (body: string): string | undefined => pressable.exec(body)?.[1];

const whose = (person: string, id: string) => ({
  id,
  from: { id: `29:${person}`, name: person, aadObjectId: person },
  conversation: { id: `a:${person}`, conversationType: 'personal', tenantId: tenant },
});

let events = 0;

/** Brings everybody to a first card; resolves once all have theirs. */
export async function begin({
  connector,
  url,
  people,
}: Pick<Load, 'connector' | 'url' | 'people'>): Promise<Cards> {
  const cards: Cards = new Map();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const all = Promise.withResolvers<void>();
  connector.came = (conversation, id, body) => {
    const action = nextPress(body);
    if (action !== undefined) cards.set(conversation.slice(2), { id, action });
    if (cards.size === people.length) all.resolve();
  };
  const queue = [...people];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let person = queue.shift(); person !== undefined; person = queue.shift())
        await post(agent, url, messageActivity(connector.url, whose(person, `s${++events}`)));
    }),
  );
  await all.promise;
  agent.destroy();
  return cards;
}

/** The cards that come after "I'm stuck" and after the way back, as the connector was given them, in JSON. */
export async function recordAnswers(connector: QuickConnector, url: string): Promise<string> {
  const cards = await begin({ connector, url, people: ['bare'] });
  const agent = new Agent();
  const press = async (): Promise<unknown> => {
    const card = cards.get('bare');
    if (!card) throw new Error('there is no card');
    const change = new Promise<string>((resolve) => {
      connector.came = (_conversation, _id, body) => resolve(body);
    });
    const who = { ...whose('bare', `r${++events}`), replyToId: card.id };
    await post(agent, url, pressActivity(connector.url, card.action, who));
    const body = await change;
    cards.set('bare', { ...card, action: nextPress(body) ?? '' });
    const { attachments, summary } = shown.parse(JSON.parse(body));
    return { summary, card: attachments[0]?.content };
  };
  const answers = { stuck: await press(), 'to-step': await press() };
  agent.destroy();
  return JSON.stringify(answers);
}

const shown = z.object({ summary: z.string(), attachments: z.array(z.object({ content: z.unknown() })) });

/** Presses in many chats: "I'm stuck" and back, so that each press changes the card. */
export async function pressAll(load: Load, cards: Cards): Promise<Measured> {
  const { connector, url, atOnce, warmUp, measure, pid } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const waiting = new Map<string, () => void>();
  connector.came = (conversation) => {
    waiting.get(conversation)?.();
    waiting.delete(conversation);
  };
  const answered: number[] = [];
  const updated: number[] = [];
  let failed = 0;
  const from = performance.now() + warmUp;
  const until = from + measure;

  async function press(person: string): Promise<void> {
    const card = cards.get(person);
    if (!card) throw new Error(`no card for ${person}`);
    const change = new Promise<'changed'>((resolve) => waiting.set(`a:${person}`, () => resolve('changed')));
    const patience = new Promise<'late'>((resolve) => setTimeout(resolve, 20_000, 'late').unref());
    const start = performance.now();
    const activity = pressActivity(connector.url, card.action, {
      ...whose(person, `p${++events}`),
      replyToId: card.id,
    });
    const { status, body } = await post(agent, url, activity);
    const answer = performance.now();
    const outcome = await Promise.race([change, patience]);
    const end = performance.now();
    const action = nextPress(body);
    if (action !== undefined) cards.set(person, { ...card, action });
    if (end < from || end > until) return;
    if (status !== 200 || outcome === 'late' || action === undefined) failed += 1;
    answered.push(answer - start);
    updated.push(end - start);
  }

  let cpu = 0;
  setTimeout(() => {
    cpu -= cpuOf(pid);
  }, warmUp);
  setTimeout(() => {
    cpu += cpuOf(pid);
  }, warmUp + measure);
  const queue = [...load.people];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) {
        const person = queue.shift();
        if (person === undefined) return;
        await press(person);
        queue.push(person);
      }
    }),
  );
  agent.destroy();
  return {
    pressesPerSecond: updated.length / (measure / 1000),
    answered: median(answered),
    updated: median(updated),
    failed,
    cpu: cpu / updated.length,
  };
}

function post(agent: Agent, url: string, activity: object): Promise<{ status: number; body: string }> {
  const text = JSON.stringify(activity);
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const sent = request(url, { method: 'POST', agent, headers });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
