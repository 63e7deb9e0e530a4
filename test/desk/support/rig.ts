import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createEngine, type Engine } from '../../../src/bot/engine.ts';
import type { AgentDesk } from '../../../src/desk/agents.ts';
import { createDesk, type Desk } from '../../../src/desk/index.ts';
import type { Page } from '../../../src/desk/shell.ts';
import type { JourneyEvent } from '../../../src/flows/event.ts';
import type { Happen } from '../../../src/flows/happen.ts';
import { type JourneyState, journeyState } from '../../../src/flows/state.ts';
import { createServer } from '../../../src/server/create-server.ts';
import { listen } from '../../../src/server/listen.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { Changes } from '../../../src/store/changes.ts';
import type { Database } from '../../../src/store/database.ts';
import { seedKnownIssues } from '../../../src/store/known-issues.ts';
import { openJournal } from '../../../src/store/open-journal.ts';
import { builtInFlow } from '../../support/built-in-flow.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** A key of the API, and what the configuration would have of it. */
export const apiKey = 'a-key-of-the-reporting-tool';
const apiKeys = [
  { name: 'other', sha256: '0'.repeat(64) },
  { name: 'report', sha256: createHash('sha256').update(apiKey).digest('hex') },
];

export interface Rig {
  address: string;
  database: Database;
  flow: ReturnType<typeof builtInFlow>;
  /** The rig's clock, which only moves when told to. */
  now: number;
  engine: Engine;
  desk: Desk;
  changes: Changes;
  /** Ids of the known issues that were changed. */
  issuesChanged: string[];
  log(): string;
  /** Somebody says hello for the first time. @returns the journey's id */
  newcomer(id: string, name: string | null): Promise<string>;
  /** The employee does something. */
  does(journey: string, event: JourneyEvent): Promise<JourneyState>;
  /** The employee goes on, step by step, until this one. */
  walks(journey: string, toStep: string, signedOn?: string | null): Promise<JourneyState>;
  /** Signs in as a browser does. @returns the Cookie header */
  signIn(name?: string): Promise<string>;
  /** Asks the API with the key. */
  get(path: string): Promise<{ status: number; body: unknown; headers: Headers }>;
  stop(): Promise<void>;
}

export interface RigOptions {
  page?: Page;
  publicUrl?: string;
  port?: number;
  /** Paired computers; by default there are none. */
  agents?: AgentDesk;
  /** Ids of leads. */
  leads?: readonly string[];
  /** Stands between the desk and the journeys, to watch or to slow. */
  between?: (happen: Happen) => Happen;
}

/** The real desk upon the real engine and the real server, on a free port. */
export async function startRig(database: Database, options: RigOptions = {}): Promise<Rig> {
  const { prisma } = database;
  const flow = builtInFlow();
  const flowOf = async () => flow;
  const changes = new Changes();
  const issuesChanged: string[] = [];
  const lines: string[] = [];
  const start = Date.parse('2026-11-24T15:00:00Z');
  await seedKnownIssues(prisma, flow, new Date(start));

  const engine = createEngine({
    journal: openJournal(prisma, randomUUID),
    flowOf,
    flowId: flow.id,
    house: {
      contact: null,
      hours: null,
      timeZone: 'America/New_York',
      agent: { mode: 'off' },
      openscVersion: '0.27.1',
    },
    clock: () => rig.now,
    newId: randomUUID,
    staff: [],
    sideTalks: [],
    delivered: (journeyId) => changes.announce(journeyId),
  });
  const desk = createDesk({
    prisma,
    flowOf,
    flowId: flow.id,
    clock: () => new Date(rig.now),
    happen: options.between ? options.between(engine.happen) : engine.happen,
    issueChanged: async (id) => {
      issuesChanged.push(id);
    },
    changes,
    agents: options.agents ?? null,
    isLead: (id) => options.leads?.includes(id) ?? false,
    random: randomBytes,
    apiKeys,
    publicUrl: options.publicUrl ?? null,
    page: options.page ?? { script: '/* script */', style: '/* style */' },
  });
  const place = { host: '127.0.0.1', port: options.port ?? 0 };
  const server = await createServer({
    config: { ...place, loopback: true, publicUrl: null, trustProxy: false, logLevel: 'info' },
    logger: createLogger({ level: 'info', secrets: [], to: { write: (line) => lines.push(line) } }),
    metrics: createMetrics(),
    apiKeys,
    checks: {},
  });
  await server.app.register(desk.routes);
  const address = await listen(server.app, place);

  const rig: Rig = {
    address,
    database,
    flow,
    now: start,
    engine,
    desk,
    changes,
    issuesChanged,
    log: () => lines.join(''),
    async newcomer(id, name) {
      await engine.receive({
        id: randomUUID(),
        from: { provider: 'slack', tenant: 'T1', id },
        profile: name === null ? {} : { name },
        conversation: { key: `T1:${id}`, reference: {} },
        at: new Date(rig.now),
        said: { kind: 'opened' },
      });
      const row = await prisma.journey.findFirstOrThrow({
        where: { person: { identities: { some: { externalId: id } } } },
      });
      return row.id;
    },
    async does(journey, event) {
      await engine.happen(journey, event, { kind: 'employee' });
      const row = await prisma.journey.findUniqueOrThrow({ where: { id: journey } });
      return journeyState.parse(row.state);
    },
    async walks(journey, toStep, signedOn = null) {
      let state = await rig.does(journey, { type: 'start' });
      for (let i = 0; state.step !== toStep && i < 60 && state.status === 'active'; i++) {
        rig.now += 3 * minute;
        const step = flow.byId.get(state.step);
        const answer = step?.answers.find((a) => !a.problem && !a.wait && !a.escalate);
        state = await rig.does(
          journey,
          step?.ask
            ? { type: 'signed-on', date: signedOn }
            : answer
              ? { type: 'answer', answer: answer.id }
              : { type: 'done' },
        );
      }
      return state;
    },
    async signIn(name = 'Kim') {
      const path = await desk.issueSignIn({ id: `slack:T1:${name}`, name });
      const response = await postToken(address, path);
      return (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    },
    async get(path) {
      const response = await fetch(`${address}/api/v1${path}`, {
        headers: { authorization: `Bearer ${apiKey}` },
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    async stop() {
      await server.stop(1000);
    },
  };
  return rig;
}

/** Presses the button of the page that a sign-in address shows. */
export function postToken(address: string, path: string, origin: string = address): Promise<Response> {
  const token = new URL(path, address).searchParams.get('token') ?? '';
  return fetch(`${address}/desk/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams({ token }),
  });
}
