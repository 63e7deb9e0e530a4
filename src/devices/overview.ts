import type { Prisma, PrismaClient } from '../store/generated/client.ts';
import { deviceSystem, stateOf } from './device.ts';
import type { Policy, Stopped } from './policy.ts';

export type AgentState = 'connected' | 'offline' | 'disabled' | 'unpaired';

export interface AgentItem {
  id: string;
  journeyId: string;
  /** Null: not known, or erased. */
  person: string | null;
  hostname: string;
  system: string;
  state: AgentState;
  pairedAt: Date;
  heardAt: Date | null;
  unpairedAt: Date | null;
  unpairedBy: string | null;
}

export interface Overview {
  mode: 'off' | 'look' | 'change';
  stopped: Stopped | null;
  counts: Record<AgentState, number>;
  /** The latest ones, those that are paired first. */
  items: AgentItem[];
}

/** As many are listed; the counts are of all. */
const most = 500;

export async function overviewOf(prisma: PrismaClient, policy: Policy, at: number): Promise<Overview> {
  const paired = await prisma.device.findMany({
    where: { unpairedAt: null },
    select: { connectedTo: true, heardAt: true, disabledAt: true },
  });
  const unpaired = await prisma.device.count({ where: { unpairedAt: { not: null } } });
  const counts: Record<AgentState, number> = { connected: 0, offline: 0, disabled: 0, unpaired };
  for (const device of paired) counts[stateOf(device, at).is] += 1;
  const rows = await prisma.device.findMany({
    orderBy: [{ unpairedAt: { sort: 'desc', nulls: 'first' } }, { pairedAt: 'desc' }, { id: 'asc' }],
    take: most,
    include: withPerson,
  });
  const items = rows.map((row) => itemOf(row, at));
  return { mode: policy.mode, stopped: policy.stopped, counts, items };
}

/** The computer that is paired with this journey now; null: none. */
export async function pairedWith(
  prisma: PrismaClient,
  journeyId: string,
  at: number,
): Promise<AgentItem | null> {
  const row = await prisma.device.findFirst({ where: { journeyId, unpairedAt: null }, include: withPerson });
  return row && itemOf(row, at);
}

const withPerson = { person: { select: { displayName: true } } } as const satisfies Prisma.DeviceInclude;

function itemOf(row: Prisma.DeviceGetPayload<{ include: typeof withPerson }>, at: number): AgentItem {
  return {
    id: row.id,
    journeyId: row.journeyId,
    person: row.person.displayName,
    hostname: row.hostname,
    system: deviceSystem.parse(row.system).name,
    state: row.unpairedAt ? 'unpaired' : stateOf(row, at).is,
    pairedAt: row.pairedAt,
    heardAt: row.heardAt,
    unpairedAt: row.unpairedAt,
    unpairedBy: row.unpairedBy,
  };
}
