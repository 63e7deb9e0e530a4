import { z } from 'zod';
import type { PrismaClient } from '../../store/generated/client.ts';
import { identityKey } from '../incoming.ts';
import { message } from '../message.ts';

/** The outbox as rows: every statement that delivery needs. */

const place = z.object({
  provider: identityKey.shape.provider,
  key: z.string(),
  audience: z.enum(['employee', 'staff']),
  reference: z.unknown(),
});
export type Place = z.output<typeof place>;

const claimed = z.object({
  id: z.string(),
  op: z.enum(['post', 'edit', 'delete']),
  message,
  attempts: z.number().int(),
  ambiguous: z.boolean(),
  fault: z.string().nullable(),
  ref: z.unknown(),
});
export type Claimed = z.output<typeof claimed>;

/** Takes the right to deliver in this conversation; null while another process has it. */
export async function lease(
  prisma: PrismaClient,
  conversationId: string,
  by: string,
  at: Date,
  until: Date,
): Promise<Place | null> {
  const rows = await prisma.$queryRaw`
    UPDATE "Conversation" SET "leasedBy" = ${by}, "leasedUntil" = ${until}
    WHERE id = ${conversationId}::uuid AND ("leasedBy" = ${by} OR "leasedUntil" IS NULL OR "leasedUntil" < ${at})
    RETURNING provider, key, audience, reference`;
  return z.array(place).parse(rows)[0] ?? null;
}

export async function release(prisma: PrismaClient, conversationId: string, by: string): Promise<void> {
  await prisma.$executeRaw`
    UPDATE "Conversation" SET "leasedBy" = NULL, "leasedUntil" = NULL
    WHERE id = ${conversationId}::uuid AND "leasedBy" = ${by}`;
}

/** Voids every lease: for a database that only this process can have open, where others are of the dead. */
export async function releaseAll(prisma: PrismaClient): Promise<void> {
  await prisma.conversation.updateMany({
    where: { leasedBy: { not: null } },
    data: { leasedBy: null, leasedUntil: null },
  });
}

/** When the oldest message that waits in this conversation may go; null: none waits. */
export async function headDue(prisma: PrismaClient, conversationId: string): Promise<Date | null> {
  const row = await prisma.outbox.findFirst({
    where: { conversationId, status: 'pending' },
    orderBy: { seq: 'asc' },
    select: { nextAt: true },
  });
  return row?.nextAt ?? null;
}

/**
 * Counts an attempt BEFORE it is made, so that a crash between the channel's yes and our note is known afterwards: a
 * counted attempt without a fault may have arrived.
 */
export async function claimHead(prisma: PrismaClient, conversationId: string): Promise<Claimed | null> {
  const rows = await prisma.$queryRaw`
    UPDATE "Outbox" o SET attempts = attempts + 1
    WHERE id = (
      SELECT id FROM "Outbox" WHERE "conversationId" = ${conversationId}::uuid AND status = 'pending' ORDER BY seq LIMIT 1
    )
    RETURNING id, op, message, attempts, ambiguous, fault,
      (SELECT t.ref FROM "Outbox" t WHERE t.id = o."targetId") AS ref`;
  return z.array(claimed).parse(rows)[0] ?? null;
}

export async function markSent(prisma: PrismaClient, id: string, ref: unknown, at: Date): Promise<void> {
  await prisma.$executeRaw`
    UPDATE "Outbox" SET status = 'sent', ref = ${JSON.stringify(ref)}::jsonb, "sentAt" = ${at}, fault = NULL
    WHERE id = ${id}::uuid`;
}

export async function markLater(
  prisma: PrismaClient,
  id: string,
  fault: string,
  ambiguous: boolean,
  nextAt: Date,
): Promise<void> {
  await prisma.outbox.update({ where: { id }, data: { fault, ambiguous, nextAt } });
}

export async function markDropped(prisma: PrismaClient, id: string, fault: string): Promise<void> {
  await prisma.outbox.update({ where: { id }, data: { status: 'dropped', fault } });
}

/** Nobody can be reached here any more: what waits is dropped, and staff see why. */
export async function markUnreachable(
  prisma: PrismaClient,
  conversationId: string,
  problem: string,
): Promise<void> {
  await prisma.$transaction([
    prisma.conversation.update({ where: { id: conversationId }, data: { status: 'unreachable', problem } }),
    prisma.outbox.updateMany({
      where: { conversationId, status: 'pending' },
      data: { status: 'dropped', fault: 'conversation-gone' },
    }),
  ]);
}

/** Conversations in which something waits that may go now. */
export async function waitingConversations(prisma: PrismaClient, at: Date): Promise<string[]> {
  const rows = await prisma.outbox.findMany({
    where: { status: 'pending', nextAt: { lte: at } },
    distinct: ['conversationId'],
    select: { conversationId: true },
    take: 1000,
  });
  return rows.map((row) => row.conversationId);
}
