import type { Happen } from '../../flows/happen.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import { storable } from '../../store/json.ts';
import { type Endings, unended } from '../tasks/endings.ts';
import type { Arrival } from './arrivals.ts';

export interface BootParts {
  prisma: PrismaClient;
  happen: Happen;
  endings: Endings;
  clock: () => number;
}

/** Two readings of the same start (ms) may differ by as much. */
const jitter = 5_000;

/** What a computer's hello says about itself: that it was restarted, that it was switched off or on, its version. */
export async function takeNote(parts: BootParts, arrival: Arrival): Promise<void> {
  const { hello, before, disabledAt } = arrival;
  const { bootedAt, version, on, device } = hello;
  const { prisma, clock } = parts;
  const restarted = before.bootedAt !== null && bootedAt > before.bootedAt + jitter;
  if (restarted) await restart(parts, arrival);
  if (restarted || before.bootedAt === null || before.version !== version)
    await prisma.$executeRaw`UPDATE "Device" SET system = system || ${storable({ bootedAt, version })}::jsonb
      WHERE id = ${device}::uuid`;
  if (on === (disabledAt === null)) return;
  await prisma.device.updateMany({
    where: { id: device },
    data: { disabledAt: on ? null : new Date(clock()) },
  });
}

async function restart({ prisma, happen, endings }: BootParts, { socket, hello }: Arrival): Promise<void> {
  const { bootedAt, device } = hello;
  await happen(
    socket.device?.journeyId ?? '',
    { type: 'proven', fact: 'restarted' },
    { kind: 'computer', id: device },
    { channel: 'agent', id: `boot/${device}/${bootedAt}` },
  );
  const asked = await prisma.deviceTask.findMany({
    where: { deviceId: device, action: 'system.restart', status: { in: unended }, sentAt: { not: null } },
  });
  for (const { id } of asked) await endings.end(id, device, { status: 'done', report: { bootedAt } });
}
