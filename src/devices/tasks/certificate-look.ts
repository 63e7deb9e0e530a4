import type { Flow } from '../../flows/compiled.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import { unended } from './endings.ts';

/** How long (ms) the look that follows an insertion may take. */
const patience = 2 * 60_000;

/** @returns whether a look was asked for */
export type AskForCertificate = (device: { id: string; journeyId: string }) => Promise<boolean>;

/** A token came in at a step that a certificate proves: look at it. At all other steps the journey asks for looks itself. */
export function certificateLook(parts: {
  prisma: PrismaClient;
  flowOf(flowId: string): Promise<Flow>;
  clock: () => number;
  newId: () => string;
}): AskForCertificate {
  const { prisma, flowOf, clock, newId } = parts;
  return async ({ id: deviceId, journeyId }) => {
    const journey = await prisma.journey.findUnique({ where: { id: journeyId } });
    const step = journey && (await flowOf(journey.flowId)).byId.get(journey.step);
    if (!step?.evidence.includes('certificate') || journey?.status === 'done') return false;
    const action = 'token.inspect';
    const waiting = await prisma.deviceTask.count({
      where: { deviceId, action, status: { in: unended } },
    });
    if (waiting > 0) return false;
    const at = clock();
    await prisma.deviceTask.create({
      data: {
        id: newId(),
        deviceId,
        action,
        parameters: {},
        status: 'pending',
        step: step.id,
        asked: false,
        createdAt: new Date(at),
        expiresAt: new Date(at + patience),
      },
    });
    return true;
  };
}
