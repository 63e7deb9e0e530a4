import { randomBytes, randomUUID } from 'node:crypto';
import { decodeAction, encodeAction } from '../../../src/bot/action.ts';
import { createEngine, type Engine } from '../../../src/bot/engine.ts';
import type { IdentityKey, Said } from '../../../src/bot/incoming.ts';
import { sweepLinks } from '../../../src/bot/linking/sweep.ts';
import { linkTalk } from '../../../src/bot/linking/talk.ts';
import { type Button, type Message, message } from '../../../src/bot/message.ts';
import type { Database } from '../../../src/store/database.ts';
import type { Journal } from '../../../src/store/journal.ts';
import { openJournal } from '../../../src/store/open-journal.ts';
import { builtInFlow } from '../../support/built-in-flow.ts';

export interface House {
  engine: Engine;
  journal: Journal;
  clock: { now: number };
  woken: string[];
  sweep(): Promise<number>;
  chat(provider: IdentityKey['provider'], tenant: string, id: string): Chat;
}

/** An engine with its link talk on this database; `clients` are further processes' own. */
export function openHouse(database: Database, clock = { now: Date.parse('2026-11-24T15:00:00Z') }): House {
  const { prisma } = database;
  const flow = builtInFlow();
  const journal = openJournal(prisma, randomUUID);
  const sideTalks: ReturnType<typeof linkTalk>[] = [];
  const woken: string[] = [];
  const engine = createEngine({
    journal,
    flowOf: async () => flow,
    flowId: flow.id,
    house: { contact: null, hours: null, timeZone: 'UTC', agent: { mode: 'off' }, openscVersion: '0.27.1' },
    clock: () => clock.now,
    newId: randomUUID,
    staff: [],
    sideTalks,
    delivered: (_journey, conversations) => void woken.push(...conversations),
  });
  sideTalks.push(
    linkTalk({
      prisma,
      journal,
      plan: engine.plan,
      flowOf: async () => flow,
      flowId: flow.id,
      clock: () => clock.now,
      newId: randomUUID,
      random: randomBytes,
      tenantName: ({ tenant }) => (tenant === 'T-named' ? 'Example [Corp]' : null),
    }),
  );
  return {
    engine,
    journal,
    clock,
    woken,
    sweep: () =>
      sweepLinks({
        prisma,
        clock: () => clock.now,
        newId: randomUUID,
        wake: (c) => void woken.push(...c),
      }),
    chat: (provider, tenant, id) => new Chat(database, engine, clock, { provider, tenant, id }),
  };
}

/** Somebody in one chat: speaks, presses, and sees what the outbox holds for them, edits applied. */
export class Chat {
  readonly who: IdentityKey;
  readonly #database: Database;
  readonly #engine: Engine;
  readonly #clock: { now: number };

  constructor(database: Database, engine: Engine, clock: { now: number }, who: IdentityKey) {
    this.#database = database;
    this.#engine = engine;
    this.#clock = clock;
    this.who = who;
  }

  hear(said: Said, id: string = randomUUID()) {
    const { provider, tenant, id: person } = this.who;
    return this.#engine.receive({
      id,
      from: this.who,
      profile: { name: `${person} (${provider})` },
      conversation: { key: `${tenant}/${person}`, reference: { provider, to: person } },
      at: new Date(this.#clock.now),
      said,
    });
  }

  say(text: string, id?: string) {
    return this.hear({ kind: 'text', text, files: 0 }, id);
  }

  async press(label: string): Promise<void> {
    const button = (await this.buttons()).findLast((b) => b.label.startsWith(label));
    if (!button) throw new Error(`no "${label}" for ${this.who.id}: ${JSON.stringify(await this.seen())}`);
    const action = decodeAction(encodeAction(button.action));
    if (!action) throw new Error('a button that cannot be read');
    await this.hear({ kind: 'press', action });
  }

  async buttons(): Promise<Button[]> {
    return (await this.seen()).flatMap((m) => [...m.buttons, ...(m.choices?.options ?? [])]);
  }

  async identity() {
    const { provider, tenant, id } = this.who;
    return this.#database.prisma.identity.findUniqueOrThrow({
      where: { provider_tenant_externalId: { provider, tenant, externalId: id } },
      include: { conversations: true },
    });
  }

  async journeys() {
    const { personId } = await this.identity();
    return this.#database.prisma.journey.findMany({ where: { personId }, orderBy: { createdAt: 'asc' } });
  }

  /** The conversation from the top, as the person sees it. */
  async seen(): Promise<Message[]> {
    const place = (await this.identity()).conversations[0]?.id ?? '';
    const rows = await this.#database.prisma.outbox.findMany({
      where: { conversationId: place },
      orderBy: { seq: 'asc' },
    });
    const shown = new Map<string, Message>();
    for (const row of rows) shown.set(row.targetId ?? row.id, message.parse(row.message));
    return [...shown.values()];
  }

  async last(): Promise<string> {
    return (await this.seen()).at(-1)?.summary ?? '';
  }

  async summaries(): Promise<string> {
    return (await this.seen()).map((m) => m.summary).join('\n');
  }

  /** Asks for a code and reads it. */
  async code(): Promise<string> {
    await this.say('link');
    const code = /link ([B-Z]{4}-[B-Z]{4})/.exec(await this.summaries())?.[1];
    if (!code) throw new Error(`no code: ${await this.summaries()}`);
    return code;
  }
}
