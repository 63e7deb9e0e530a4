import { z } from 'zod';
import { outcome } from '../../agent/protocol.ts';
import type { Happen } from '../../flows/happen.ts';
import { Prisma, type PrismaClient } from '../../store/generated/client.ts';
import { json, storable } from '../../store/json.ts';
import { type Circumstances, type Ending, findingsOf } from '../findings.ts';

export interface EndingParts {
  prisma: PrismaClient;
  happen: Happen;
  clock: () => number;
  /** What reports are judged by, beside the moment and whether somebody asked. */
  circumstances: Omit<Circumstances, 'now' | 'asked'>;
}

const task = z.object({
  id: z.string(),
  deviceId: z.string(),
  journeyId: z.string(),
  action: z.string(),
  status: z.string(),
  asked: z.boolean(),
  result: z.unknown(),
});
type Task = z.output<typeof task>;

/** As it is written down: what the agent told, or that its time is over. */
const ending: z.ZodType<Ending> = z.union([
  outcome,
  z.strictObject({ status: z.literal('timed-out'), code: z.string() }),
]);

export const unended = ['pending', 'running'];

/**
 * Brings each task to exactly one end, whoever says so first: the agent, or the time. The end is written down, then
 * it happens to the journey (under the task's name, so only once), then the task's row says that it is over. What a
 * crash interrupts is taken up from what was written down.
 */
export class Endings {
  readonly #parts: EndingParts;
  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /**
   * @returns `kept`: the task is over now, or was already; `foreign`: it is another computer's, and nothing was
   *   changed; `unknown`: there is no such task
   */
  async end(taskId: string, deviceId: string, how: Ending): Promise<'kept' | 'foreign' | 'unknown'> {
    const { prisma } = this.#parts;
    const row = await prisma.deviceTask.findUnique({ where: { id: taskId }, select: { deviceId: true } });
    if (!row) return 'unknown';
    if (row.deviceId !== deviceId) return 'foreign';
    await prisma.$executeRaw`UPDATE "DeviceTask" SET result = ${written(how)}::jsonb
      WHERE id = ${taskId}::uuid AND result IS NULL AND status IN ('pending', 'running')`;
    await this.finish([taskId]);
    return 'kept';
  }

  /** Ends with `code` what is past its time: it never got there, or nobody answered. */
  async expire(): Promise<void> {
    const { prisma, clock } = this.#parts;
    const late = await prisma.deviceTask.findMany({
      where: { status: { in: unended }, expiresAt: { lte: new Date(clock()) } },
      select: { id: true, deviceId: true, sentAt: true, device: { select: { disabledAt: true } } },
      take: 500,
    });
    for (const { id, deviceId, sentAt, device } of late) {
      const code = sentAt ? 'timed-out' : device.disabledAt ? 'switched-off' : 'offline';
      await this.end(id, deviceId, { status: 'timed-out', code });
    }
  }

  /** Takes up what was written down and not carried through: these tasks, or all of them. */
  async finish(taskIds?: readonly string[]): Promise<void> {
    const { prisma } = this.#parts;
    const rows = await prisma.deviceTask.findMany({
      where: {
        status: { in: unended },
        result: { not: Prisma.DbNull },
        ...(taskIds && { id: { in: [...taskIds] } }),
      },
      include: { device: { select: { journeyId: true } } },
    });
    for (const { device, ...row } of rows) await this.#carryThrough(task.parse({ ...row, ...device }));
  }

  async #carryThrough(task: Task): Promise<void> {
    const { prisma, happen, clock, circumstances } = this.#parts;
    const at = new Date(clock());
    const { events, kept } = findingsOf(task.action, ending.parse(task.result), {
      ...circumstances,
      now: at,
      asked: task.asked,
    });
    const by = { kind: 'computer' as const, id: task.deviceId };
    for (const [n, event] of events.entries()) {
      const id = n === 0 ? task.id : `${task.id}/${n}`;
      await happen(task.journeyId, event, by, { channel: 'agent', id });
    }
    await prisma.deviceTask.updateMany({
      where: { id: task.id, status: { in: unended } },
      data: { status: kept.status, endedAt: at, result: json(kept) },
    });
  }
}

/** As JSON for the database. What is nested too deep to be written is no report. */
function written(how: Ending): string {
  try {
    return storable(how);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return storable({ status: 'failed', code: 'bad-report', message: '' } satisfies Ending);
  }
}
