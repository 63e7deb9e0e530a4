import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import type { Happen } from '../../flows/happen.ts';
import type { PrismaClient } from '../../store/generated/client.ts';

const minute = 60_000;
/** So long (ms) after a restart a computer should have been heard of. */
const patience = 10 * minute;
/** Longer ago than this nobody waits for it any more. */
const forgotten = 24 * 60 * minute;

const rows = z.array(
  z.object({
    id: z.string(),
    journeyId: z.string(),
    flowId: z.string(),
    step: z.string(),
    restarting: z.boolean(),
    heardAt: z.date(),
  }),
);

/** Tells journeys whose computer should be back from its restart by now and is not: once for each such absence. */
export async function tellOfSilence(parts: {
  prisma: PrismaClient;
  happen: Happen;
  flowOf(flowId: string): Promise<Flow>;
  clock: () => number;
}): Promise<void> {
  const { prisma, happen, flowOf, clock } = parts;
  const before = new Date(clock() - patience);
  const after = new Date(clock() - forgotten);
  const found = rows.parse(
    await prisma.$queryRaw`SELECT d.id, d."journeyId", j."flowId", j.step, d."heardAt", EXISTS (
        SELECT FROM "DeviceTask" t WHERE t."deviceId" = d.id AND t.action = 'system.restart' AND t.status = 'running'
      ) AS restarting
      FROM "Device" d JOIN "Journey" j ON j.id = d."journeyId"
      WHERE d."unpairedAt" IS NULL AND j.status IN ('active', 'stuck')
        AND d."heardAt" < ${before}::timestamptz AND d."heardAt" > ${after}::timestamptz
        AND NOT EXISTS (SELECT FROM "Inbox" i WHERE i.channel = 'agent'
          AND i."eventId" = 'silent/' || d.id || '/' || floor(extract(epoch FROM d."heardAt") * 1000)::bigint)`,
  );
  for (const row of found) {
    const step = (await flowOf(row.flowId)).byId.get(row.step);
    if (!row.restarting && !step?.evidence.includes('restarted')) continue;
    const id = `silent/${row.id}/${row.heardAt.getTime()}`;
    const by = { kind: 'computer' as const, id: row.id };
    await happen(row.journeyId, { type: 'computer-silent' }, by, { channel: 'agent', id });
  }
}
