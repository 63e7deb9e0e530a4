import type { Identity, Link, PrismaClient } from '../../store/generated/client.ts';
import type { OutboxEntry, Transaction } from '../../store/journal.ts';
import { json } from '../../store/json.ts';
import type { Message } from '../message.ts';
import { hashOf, lookupLength, matches } from './code.ts';
import * as say from './say.ts';

/** How long (ms) a code counts, then the questions, and wrong guesses. */
export const lifetime = 10 * 60_000;
/** So many wrong codes void what they were near to, and shut their author out. */
export const mostWrong = 5;
export const mostAsked = 5;

export type { Link };

const later = (at: Date): Date => new Date(at.getTime() + lifetime);
const earlier = (at: Date): Date => new Date(at.getTime() - lifetime);

/** What is under way for this identity: as the one who asked, or (claimed) who typed. */
export function underWay(prisma: PrismaClient, identityId: string): Promise<Link[]> {
  return prisma.link.findMany({
    where: { status: { in: ['open', 'claimed'] }, OR: [{ askerId: identityId }, { typerId: identityId }] },
  });
}

export function asked(prisma: PrismaClient, identityId: string, at: Date): Promise<number> {
  return prisma.link.count({ where: { askerId: identityId, createdAt: { gt: earlier(at) } } });
}

export function wrongGuesses(prisma: PrismaClient, identityId: string, at: Date): Promise<number> {
  return prisma.linkGuess.count({ where: { identityId, at: { gt: earlier(at) } } });
}

export async function open(
  tx: Transaction,
  link: { id: string; askerId: string; codePost: string; askerPost: string; typerPost: string },
  code: { lookup: string; secretHash: string },
  at: Date,
): Promise<void> {
  await tx.link.create({
    data: { ...link, ...code, createdAt: at, expiresAt: later(at), status: 'open' },
  });
}

export async function kept(code: string): Promise<{ lookup: string; secretHash: string }> {
  return { lookup: code.slice(0, lookupLength), secretHash: await hashOf(code.slice(lookupLength)) };
}

/** The open link of this code, and all that begin like it. */
export async function findByCode(
  prisma: PrismaClient,
  code: string,
  at: Date,
): Promise<{ found: Link | undefined; near: Link[] }> {
  const near = await prisma.link.findMany({
    where: { lookup: code.slice(0, lookupLength), status: 'open', expiresAt: { gt: at } },
  });
  const secret = code.slice(lookupLength);
  // As long an answer where nothing begins like it.
  if (near.length === 0) await hashOf(secret);
  const fits = await Promise.all(near.map((link) => matches(secret, link.secretHash)));
  return { found: near.find((_, i) => fits[i]), near };
}

/** Notes a wrong code: against its author, and against the codes it was near to. */
export async function guessedWrong(
  tx: Transaction,
  guess: { id: string; identityId: string; at: Date },
  near: readonly Link[],
): Promise<void> {
  await tx.linkGuess.create({ data: guess });
  for (const { id } of near) {
    const { wrong } = await tx.link.update({ where: { id }, data: { wrong: { increment: 1 } } });
    // It is over from now on; the next sweep tells so.
    if (wrong >= mostWrong)
      await tx.link.updateMany({
        where: { id, status: 'open' },
        data: { expiresAt: guess.at, lock: { increment: 1 } },
      });
  }
}

/** Changes the link as it was read; false where somebody was faster. */
export async function change(
  tx: Transaction,
  link: Link,
  data: Partial<Pick<Link, 'status' | 'typerId' | 'askerYes' | 'typerYes' | 'expiresAt'>>,
): Promise<boolean> {
  const { count } = await tx.link.updateMany({
    where: { id: link.id, lock: link.lock },
    data: { ...data, lock: { increment: 1 } },
  });
  return count === 1;
}

/** The message that shows the code does not keep it once it is over, not even in the outbox. */
export async function forgetCode(tx: Transaction, link: Link): Promise<void> {
  await tx.outbox.updateMany({ where: { id: link.codePost }, data: { message: json(say.codeOver()) } });
}

/** Something came after the card there: an edit of it would go unseen. */
export async function touch(tx: Transaction, conversationId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Conversation" SET screen = jsonb_set(screen, '{touched}', 'true') WHERE id = ${conversationId}::uuid`;
}

export type Speaker = Identity & { conversations: { id: string }[] };

/** An identity and where it speaks. */
export function speaker(prisma: PrismaClient, identityId: string): Promise<Speaker | null> {
  return prisma.identity.findUnique({
    where: { id: identityId },
    include: { conversations: { select: { id: true }, orderBy: { id: 'asc' } } },
  });
}

/** Changes a message that was posted under this outbox id. */
export function edit(id: string, conversationId: string, targetId: string, message: Message): OutboxEntry {
  return { id, conversationId, op: 'edit', targetId, message };
}
