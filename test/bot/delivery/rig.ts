import { randomUUID } from 'node:crypto';
import type { Channel, Delivered, Delivery, DeliveryError } from '../../../src/bot/channel.ts';
import type { DelivererParts } from '../../../src/bot/delivery/deliverer.ts';
import type { PrismaClient } from '../../../src/store/generated/client.ts';

/** A channel that notes what it is given and answers as it is told; its messages are named "ref-<id>". */
export class ScriptedChannel implements Channel {
  readonly provider = 'local' as const;
  readonly deliveries: Delivery[] = [];
  answer: (delivery: Delivery) => Promise<Delivered> = async (delivery) => ({ ref: `ref-${delivery.id}` });

  async deliver(delivery: Delivery): Promise<Delivered> {
    this.deliveries.push(delivery);
    return this.answer(delivery);
  }

  /** What was delivered, in order: "post one", "edit two". */
  get said(): string[] {
    return this.deliveries.map(({ op, message }) => `${op} ${message.summary}`);
  }

  /** Fails with these codes, one a time, then is well. */
  fail(...faults: DeliveryError[]): void {
    const well = this.answer;
    this.answer = async (delivery) => {
      const fault = faults.shift();
      if (fault) throw fault;
      return well(delivery);
    };
  }
}

export interface Log {
  lines: { level: string; message: string; details: object }[];
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export function memoryLog(): Log {
  const lines: Log['lines'] = [];
  const add = (level: string) => (details: object, message: string) =>
    void lines.push({ level, message, details });
  return { lines, warn: add('warn'), error: add('error') };
}

export async function aConversation(prisma: PrismaClient, provider = 'local'): Promise<string> {
  const id = randomUUID();
  await prisma.conversation.create({ data: { id, provider, key: id, reference: { to: id } } });
  return id;
}

/** One row of the outbox; its id. */
export async function put(
  prisma: PrismaClient,
  conversationId: string,
  summary: string,
  options: { op?: 'post' | 'edit' | 'delete'; targetId?: string; at?: number; message?: object } = {},
): Promise<string> {
  const id = randomUUID();
  await prisma.outbox.create({
    data: {
      id,
      conversationId,
      op: options.op ?? 'post',
      targetId: options.targetId ?? null,
      message: options.message ?? { summary, tone: 'info' },
      nextAt: new Date(options.at ?? 0),
    },
  });
  return id;
}

export const row = (prisma: PrismaClient, id: string) => prisma.outbox.findUniqueOrThrow({ where: { id } });

export function partsWith(prisma: PrismaClient, channel: Channel, more: Partial<DelivererParts> = {}) {
  return {
    prisma,
    channels: new Map([[channel.provider as string, channel]]),
    process: randomUUID(),
    clock: () => 1_000_000,
    random: () => 0.5,
    log: memoryLog(),
    ...more,
  };
}
