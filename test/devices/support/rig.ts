import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import * as protocol from '../../../src/agent/protocol.ts';
import type { Action } from '../../../src/bot/action.ts';
import { createEngine, type Engine, type SideTalk } from '../../../src/bot/engine.ts';
import { type Button, type Message, message } from '../../../src/bot/message.ts';
import { createDevices, type Devices, Policy, type ServerTrust } from '../../../src/devices/index.ts';
import type { JourneyEvent } from '../../../src/flows/event.ts';
import { type JourneyState, journeyState } from '../../../src/flows/state.ts';
import { createServer } from '../../../src/server/create-server.ts';
import { listen } from '../../../src/server/listen.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { Changes } from '../../../src/store/changes.ts';
import type { Database } from '../../../src/store/database.ts';
import { seedKnownIssues } from '../../../src/store/known-issues.ts';
import { openJournal } from '../../../src/store/open-journal.ts';
import {
  type AgentOptions,
  type Identity,
  PairingClient,
  TestAgent,
} from '../../support/agent/test-agent.ts';
import { builtInFlow } from '../../support/built-in-flow.ts';
import { eventually } from './eventually.ts';

export const minute = 60_000;

/** One server process's worth of devices: the real engine, the real server on a free port, a database of the caller's. */
export interface Rig {
  address: string;
  database: Database;
  /** The rig's clock, which only moves when told to. */
  now: number;
  engine: Engine;
  devices: Devices;
  policy: Policy;
  /** When this has happened ("proven token-absent"), what goes on from there ends, as in a process that is killed. */
  diesAfter: string | null;
  /** What tenants are called, by their ids. */
  tenants: Map<string, string>;
  log(): string;
  /** Somebody writes for the first time. @returns their journey's id */
  newcomer(id: string, name?: string): Promise<string>;
  /** The employee writes a word. */
  says(id: string, text: string, eventId?: string): Promise<void>;
  presses(id: string, action: Action, eventId?: string): Promise<void>;
  /** What the bot has said in this person's conversation: edits applied, in order. */
  said(id: string): Promise<Message[]>;
  state(journey: string): Promise<JourneyState>;
  /** The types and facts of what happened to the journey, in order. */
  history(journey: string): Promise<string[]>;
  /** What journeys were told by this process, whether or not it changed their state. */
  told(journey: string): string[];
  does(journey: string, event: JourneyEvent): Promise<void>;
  /** Puts the journey at this step without walking there. */
  at(journey: string, step: string): Promise<void>;
  pairing(): PairingClient;
  /** The whole pairing of a computer for somebody who is known. */
  pair(id: string, client?: PairingClient): Promise<Identity>;
  link(identity: Identity, more?: Partial<AgentOptions>): Promise<TestAgent>;
  /** As a journey's decision would have it written. @returns the task's id */
  task(
    identity: Identity,
    action: string,
    more?: { asked?: boolean; minutes?: number; parameters?: object },
  ): Promise<string>;
  statusOf(task: string): Promise<string>;
  /** So many seconds of the server's heart. */
  beat(seconds: number): void;
  stop(): Promise<void>;
}

export interface RigOptions {
  mode?: protocol.AgentMode;
  trust?: ServerTrust;
  /** Several processes of one installation have one key. */
  key?: protocol.KeyPair;
  /** Milliseconds between two looks at the database. */
  pace?: number;
  openscVersion?: string;
  now?: number;
  /** Leaves what the journey asks of its computer by itself. */
  asks?: boolean;
}

const noTrust: ServerTrust = { trust: null, given: { bundle: null, roots: [] } };

export async function startRig(database: Database, options: RigOptions = {}): Promise<Rig> {
  const { prisma } = database;
  const flow = builtInFlow();
  const flowOf = async () => flow;
  const changes = new Changes();
  const lines: string[] = [];
  const sideTalks: SideTalk[] = [];
  const agents: TestAgent[] = [];
  const told: [journey: string, what: string][] = [];
  let heartbeat = () => {};
  const start = options.now ?? Date.parse('2026-11-24T15:00:00Z');
  const clock = () => rig.now;
  const policy = new Policy(prisma, options.mode ?? 'look', clock);
  await seedKnownIssues(prisma, flow, new Date(start));
  const journal = openJournal(prisma, randomUUID);
  const openscVersion = options.openscVersion ?? '0.27.1';
  const engine = createEngine({
    journal,
    flowOf,
    flowId: flow.id,
    house: { contact: null, hours: null, timeZone: 'America/New_York', agent: policy, openscVersion },
    clock,
    newId: randomUUID,
    staff: [],
    sideTalks,
    delivered: (journeyId) => changes.announce(journeyId),
  });
  const logger = createLogger({ level: 'info', secrets: [], to: { write: (line) => lines.push(line) } });
  const place = { host: '127.0.0.1', port: 0 };
  const server = await createServer({
    config: { ...place, loopback: true, publicUrl: null, trustProxy: false, logLevel: 'info' },
    logger,
    metrics: createMetrics(),
    apiKeys: [],
    checks: {},
  });
  const devices = createDevices({
    prisma,
    journal,
    async happen(journeyId, event, by, once) {
      told.push([journeyId, words(event)]);
      const happened = await engine.happen(journeyId, event, by, once);
      if (rig.diesAfter === words(event)) await new Promise(() => {});
      return happened;
    },
    flowOf,
    changes,
    policy,
    key: options.key ?? protocol.makeKeyPair(),
    trust: options.trust ?? noTrust,
    openscVersion,
    clock,
    log: logger,
    wake: () => {},
    address: () => rig.address,
    tenantName: ({ tenant }) => rig.tenants.get(tenant) ?? null,
    pace: options.pace ?? 50,
    heart(work) {
      heartbeat = work;
      return () => {};
    },
  });
  await devices.routes(server.app);
  sideTalks.push(devices.talk);
  await devices.start();

  const receive = (
    id: string,
    eventId: string,
    said: Parameters<Engine['receive']>[0]['said'],
    name?: string,
  ) =>
    engine.receive({
      id: eventId,
      from: { provider: 'slack', tenant: 'T1', id },
      profile: name === undefined ? {} : { name },
      conversation: { key: `T1:${id}`, reference: {} },
      at: new Date(rig.now),
      said,
    });

  const rig: Rig = {
    address: '',
    database,
    now: start,
    engine,
    devices,
    policy,
    diesAfter: null,
    tenants: new Map(),
    log: () => lines.join(''),
    async newcomer(id, name = 'Kim Lee') {
      await receive(id, randomUUID(), { kind: 'opened' }, name);
      const { id: journey } = await prisma.journey.findFirstOrThrow({
        where: { person: { identities: { some: { externalId: id } } } },
      });
      await rig.does(journey, { type: 'start' });
      return journey;
    },
    async says(id, text, eventId = randomUUID()) {
      await receive(id, eventId, { kind: 'text', text, files: 0 });
    },
    async presses(id, action, eventId = randomUUID()) {
      await receive(id, eventId, { kind: 'press', action });
    },
    async said(id) {
      const rows = await prisma.outbox.findMany({
        where: { conversation: { identity: { externalId: id } } },
        orderBy: { seq: 'asc' },
      });
      const shown = new Map<string, Message>();
      for (const row of rows) shown.set(row.targetId ?? row.id, message.parse(row.message));
      return [...shown.values()];
    },
    async state(journey) {
      const row = await prisma.journey.findUniqueOrThrow({ where: { id: journey } });
      return journeyState.parse(row.state);
    },
    async history(journey) {
      const rows = await prisma.history.findMany({ where: { journeyId: journey }, orderBy: { seq: 'asc' } });
      return rows.map(({ type, detail }) => words({ ...z.looseObject({}).parse(detail), type }));
    },
    told: (journey) => told.flatMap(([whose, what]) => (whose === journey ? [what] : [])),
    async does(journey, event) {
      await engine.happen(journey, event, { kind: 'employee' });
    },
    async at(journey, step) {
      const row = await prisma.journey.findUniqueOrThrow({ where: { id: journey } });
      const state = { ...journeyState.parse(row.state), step };
      await prisma.journey.update({
        where: { id: journey },
        data: { step, state: JSON.parse(JSON.stringify(state)) },
      });
    },
    pairing: () => new PairingClient(rig.address, clock),
    async pair(id, client = rig.pairing()) {
      await rig.says(id, 'pair');
      await client.claim(codeIn(await rig.said(id)));
      const number = await client.agree();
      await rig.presses(id, buttonOf(await rig.said(id), 'pair-number', number).action);
      const paired = await client.identity();
      // What the journey has asked of its new computer by itself; each test asks what it is about.
      if (!options.asks) await prisma.deviceTask.deleteMany({ where: { deviceId: paired.paired.device } });
      return paired;
    },
    async link(identity, more = {}) {
      const agent = await TestAgent.link(rig.address, identity, { clock, ...more });
      agents.push(agent);
      return agent;
    },
    async task({ paired }, action, more = {}) {
      const id = randomUUID();
      await prisma.deviceTask.create({
        data: {
          id,
          deviceId: paired.device,
          action,
          parameters: more.parameters ?? {},
          status: 'pending',
          step: 'at-windows',
          asked: more.asked ?? false,
          createdAt: new Date(rig.now),
          expiresAt: new Date(rig.now + (more.minutes ?? 2) * minute),
        },
      });
      return id;
    },
    async statusOf(task) {
      return (await prisma.deviceTask.findUniqueOrThrow({ where: { id: task } })).status;
    },
    beat(seconds) {
      for (let i = 0; i < seconds; i++) heartbeat();
    },
    async stop() {
      await server.stop(2000);
      await devices.stop();
      for (const agent of agents) await agent.close();
    },
  };
  rig.address = await listen(server.app, place);
  return rig;
}

const about = z.object({ type: z.string(), fact: z.string().optional(), code: z.string().optional() });

/** "proven windows", "action-failed declined" */
function words(event: unknown): string {
  const { type, fact, code } = about.parse(event);
  return [type, fact ?? code ?? ''].join(' ').trim();
}

/** The code that was given last. */
export function codeIn(messages: readonly Message[]): string {
  const code = messages
    .map(({ title }) => /^Your code: (.{9})$/.exec(title ?? '')?.[1])
    .findLast((found) => found !== undefined);
  if (code === undefined) throw new Error(`no code in ${JSON.stringify(messages.map((m) => m.summary))}`);
  return code;
}

/** The latest button of this kind. */
export function buttonOf(messages: readonly Message[], verb: string, arg?: string): Button {
  const all = messages.flatMap((m) => [...m.buttons, ...(m.choices?.options ?? [])]);
  const found = all.findLast((b) => b.action.verb === verb && (arg === undefined || b.action.arg === arg));
  if (!found) throw new Error(`no ${verb} ${arg ?? ''} among ${all.map((b) => b.label).join(', ')}`);
  return found;
}

export { eventually };
