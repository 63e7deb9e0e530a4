import { z } from 'zod';
import type { Actor, Happen } from '../flows/happen.ts';
import type { PrismaClient } from '../store/generated/client.ts';
import { json } from '../store/json.ts';

export interface UnpairParts {
  prisma: PrismaClient;
  happen: Happen;
  clock: () => number;
  /** Tells the agent, if this process holds its link; others notice by themselves. */
  farewell(deviceId: string): void;
}

/** Ends a pairing for good. `by`: "employee", "computer", "journey-end", or a member of staff. */
export type Unpair = (deviceId: string, by: string) => Promise<boolean>;

/** What is still to be done on this computer never will be. */
const unpairedEnd = (at: Date) => ({
  status: 'failed',
  endedAt: at,
  result: json({ status: 'failed', code: 'unpaired' }),
});

/** The same for those that were unpaired in the moment in which something was asked of them, or replaced. */
export async function endTasksOfUnpaired(prisma: PrismaClient, at: Date): Promise<void> {
  await prisma.deviceTask.updateMany({
    where: { status: { in: ['pending', 'running'] }, device: { unpairedAt: { not: null } } },
    data: unpairedEnd(at),
  });
}

export function createUnpair({ prisma, happen, clock, farewell }: UnpairParts): Unpair {
  return async (deviceId, by) => {
    const at = new Date(clock());
    const { count } = await prisma.device.updateMany({
      where: { id: deviceId, unpairedAt: null },
      data: { unpairedAt: at, unpairedBy: by },
    });
    if (count === 0) return false;
    farewell(deviceId);
    await prisma.deviceTask.updateMany({
      where: { deviceId, status: { in: ['pending', 'running'] } },
      data: unpairedEnd(at),
    });
    const { journeyId } = await prisma.device.findUniqueOrThrow({ where: { id: deviceId } });
    await tellUnpaired(happen, journeyId, deviceId, by);
    return true;
  };
}

/** Named by the device, so that telling it again after a crash changes nothing. */
const tellUnpaired = (happen: Happen, journeyId: string, device: string, by: string) =>
  happen(journeyId, { type: 'unpaired', device }, actor(by, device), {
    channel: 'agent',
    id: `unpaired/${device}`,
  });

function actor(by: string, device: string): Actor {
  if (by === 'employee') return { kind: 'employee' };
  return by.includes(':') ? { kind: 'staff', id: by } : { kind: 'computer', id: device };
}

export const tellPaired = (happen: Happen, journeyId: string, device: { id: string; hostname: string }) =>
  happen(
    journeyId,
    { type: 'paired', device: device.id, name: device.hostname },
    { kind: 'computer', id: device.id },
    { channel: 'agent', id: `paired/${device.id}` },
  );

const untold = z.array(
  z.object({ id: z.string(), journeyId: z.string(), hostname: z.string(), by: z.string().nullable() }),
);

/** What a crash left half done: journeys that know of another computer than the one that is paired, or of none. */
export async function reconcile(prisma: PrismaClient, happen: Happen, unpair: Unpair): Promise<void> {
  const rows = untold.parse(
    await prisma.$queryRaw`SELECT d.id, d."journeyId", d.hostname, d."unpairedBy" AS by
      FROM "Device" d JOIN "Journey" j ON j.id = d."journeyId"
      WHERE CASE WHEN d."unpairedAt" IS NULL
        THEN j.status <> 'done' AND (j.state->'computer'->>'device') IS DISTINCT FROM d.id::text
        ELSE (j.state->'computer'->>'device') = d.id::text END`,
  );
  for (const row of rows) {
    if (row.by === null) await tellPaired(happen, row.journeyId, row);
    else await tellUnpaired(happen, row.journeyId, row.id, row.by);
  }
  const over = z.array(z.object({ id: z.string() })).parse(
    await prisma.$queryRaw`SELECT d.id FROM "Device" d JOIN "Journey" j ON j.id = d."journeyId"
      WHERE d."unpairedAt" IS NULL AND j.status = 'done'`,
  );
  for (const { id } of over) await unpair(id, 'journey-end');
}
