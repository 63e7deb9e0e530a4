import { randomUUID } from 'node:crypto';
import type { Flow } from '../../../src/flows/compiled.ts';
import { newJourney } from '../../../src/flows/journey.ts';
import type { JourneyState } from '../../../src/flows/state.ts';
import type { Prisma, PrismaClient } from '../../../src/store/generated/client.ts';

export interface Seed {
  status: string;
  since: number;
  id?: string;
  name?: string | null;
  step?: string;
  stuckReason?: string;
  deadline?: number;
  escalation?: { priority: 'normal' | 'urgent'; status?: string; openedAt?: number };
}

/** Writes journeys straight into the tables, many at once; their states fit their rows. @returns their ids */
export async function seed(prisma: PrismaClient, flow: Flow, seeds: readonly Seed[]): Promise<string[]> {
  const rows = seeds.map((one) => ({ ...one, id: one.id ?? randomUUID(), personId: randomUUID() }));
  await prisma.person.createMany({
    data: rows.map(({ personId, name }) => ({ id: personId, displayName: name ?? null })),
  });
  await prisma.identity.createMany({
    data: rows.map(({ personId, id }) => ({
      id: randomUUID(),
      provider: 'slack',
      tenant: 'T1',
      externalId: `U${id}`,
      personId,
    })),
  });
  await prisma.journey.createMany({ data: rows.map((row) => journeyRow(flow, row)) });
  await prisma.escalation.createMany({ data: rows.flatMap((row) => escalationRow(row)) });
  return rows.map(({ id }) => id);
}

type Row = Seed & { id: string; personId: string };

function journeyRow(flow: Flow, row: Row): Prisma.JourneyCreateManyInput {
  const first = newJourney(flow, row.since);
  const step = row.step ?? first.step;
  const { status } = row;
  const state: JourneyState = {
    ...first,
    step,
    status: status === 'stuck' ? 'active' : (status as JourneyState['status']),
    startedAt: row.since,
    stuck:
      status === 'stuck' ? { since: row.since, why: 'said', reason: row.stuckReason ?? 'said-stuck' } : null,
    deadline: row.deadline === undefined ? null : { at: row.deadline, warned: false, passed: false },
  };
  return {
    id: row.id,
    personId: row.personId,
    flowId: flow.id,
    flowVersion: flow.version,
    status,
    step,
    state,
    since: new Date(row.since),
    heardAt: new Date(row.since),
    stuckReason: state.stuck?.reason ?? null,
    deadlineAt: row.deadline === undefined ? null : new Date(row.deadline),
  };
}

function escalationRow({ id, step, since, escalation }: Row): Prisma.EscalationCreateManyInput[] {
  if (!escalation) return [];
  return [
    {
      id: randomUUID(),
      journeyId: id,
      reason: 'asked-for-help',
      step: step ?? 'windows',
      status: escalation.status ?? 'open',
      priority: escalation.priority,
      openedBy: 'employee',
      openedAt: new Date(escalation.openedAt ?? since),
      tried: [],
    },
  ];
}

/** Many journeys, a minute apart: of 200, one is stuck, one paused, two active, and the rest done. */
export async function seedMany(prisma: PrismaClient, flow: Flow, count: number, now: number): Promise<void> {
  const first = newJourney(flow, now);
  await prisma.$executeRaw`
    INSERT INTO "Person" (id) SELECT (lpad(to_hex(i), 8, '0') || '-0000-4000-8000-000000000000')::uuid FROM generate_series(1, ${count}::int) i`;
  await prisma.$executeRaw`
    INSERT INTO "Journey" (id, "personId", "flowId", "flowVersion", status, step, state, since, "heardAt")
    SELECT gen_random_uuid(), (lpad(to_hex(i), 8, '0') || '-0000-4000-8000-000000000000')::uuid, ${flow.id}, ${flow.version},
      CASE i % 200 WHEN 0 THEN 'stuck' WHEN 1 THEN 'paused' WHEN 2 THEN 'active' WHEN 3 THEN 'active' ELSE 'done' END,
      ${first.step}, ${first}::jsonb, at, at
    FROM generate_series(1, ${count}::int) i, LATERAL (SELECT ${new Date(now)}::timestamptz - i * interval '1 minute' AS at) t`;
}

export interface Move {
  /** Minutes after the beginning. */
  at: number;
  type: string;
  from: string;
  to: string;
  status?: string;
}

/** A journey's history, as the engine would have written it. */
export async function seedHistory(
  prisma: PrismaClient,
  journeyId: string,
  start: number,
  moves: readonly Move[],
): Promise<void> {
  await prisma.history.createMany({
    data: moves.map((move, index) => ({
      journeyId,
      seq: index + 1,
      at: new Date(start + move.at * 60_000),
      actor: 'employee',
      type: move.type,
      step: move.from,
      toStep: move.to,
      detail: move.status === undefined ? {} : { status: move.status },
    })),
  });
}

export async function wipe(prisma: PrismaClient): Promise<void> {
  await prisma.$executeRaw`TRUNCATE "Person", "Identity", "Conversation", "Journey", "History", "Content", "Escalation", "Outbox", "Inbox" CASCADE`;
}
