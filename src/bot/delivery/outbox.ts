import { z } from 'zod';
import { ask } from '../../store/ask.ts';
import { gather } from '../../store/gather.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import { storable, text } from '../../store/json.ts';
import { named } from '../../store/named.ts';
import { isRefusal } from '../../store/refusal.ts';
import { identityKey } from '../incoming.ts';

/** The outbox as rows: every statement that delivery needs. A lone message costs two, `take` and `sentMarker`. */

const place = z.object({
  provider: identityKey.shape.provider,
  key: z.string(),
  audience: z.enum(['employee', 'staff']),
  reference: z.unknown(),
  unreachable: z.boolean(),
});
export type Place = z.output<typeof place>;

/** The oldest message that waits, and from when on it may go. */
const head = z.object({ headId: z.string(), nextAt: z.date() });

const claim = z.object({
  id: z.string(),
  op: z.enum(['post', 'edit', 'delete']),
  targetId: z.string().nullable(),
  /** The channel's reference to the message that is edited or deleted; null where it never arrived. */
  ref: z.unknown(),
  /** Parsed where it is sent, so that a broken one does not stop those behind it. */
  message: z.unknown(),
  attempts: z.number().int(),
  /** An earlier attempt may have arrived. */
  doubtful: z.boolean(),
  /** A later edit, or a deletion, of the same message waits too. */
  superseded: z.boolean(),
});
export type Claim = z.output<typeof claim>;
const claims = z.array(claim);

export interface Taken {
  place: Place;
  head: { id: string; nextAt: Date } | null;
  claim: Claim | null;
}

/**
 * A claim is noted BEFORE the message is sent, and as doubtful: a process that dies between the channel's yes and our
 * note of it leaves a row that says so. That, and a channel that gives no answer, is the window in which a message can
 * double; the channel is told (`Delivery.ambiguous`) and may look first.
 */
const claiming = `UPDATE "Outbox" o SET attempts = o.attempts + 1, ambiguous = true`;
const claimed = `o.id, o.op, o."targetId", o.message, o.attempts, head.doubtful, head.superseded,
  (SELECT t.ref FROM "Outbox" t WHERE t.id = o."targetId") AS ref`;
const waiting = `SELECT w.id, w."nextAt", w.ambiguous AS doubtful,
  w.op = 'edit' AND EXISTS (
    SELECT FROM "Outbox" later WHERE later."conversationId" = w."conversationId" AND later.status = 'pending'
      AND later."targetId" = w."targetId" AND later.seq > w.seq
  ) AS superseded
  FROM "Outbox" w WHERE w.status = 'pending'`;

const takeStatement = named(
  'take_outbox',
  `WITH
  place AS (
    UPDATE "Conversation" SET "leasedBy" = $2::text, "leasedUntil" = $4::timestamptz
    WHERE id = $1::uuid
      AND ("leasedBy" = $2::text OR "leasedUntil" IS NULL OR "leasedUntil" < $3::timestamptz)
    RETURNING provider, key, audience, reference, status = 'unreachable' AS unreachable
  ),
  head AS (${waiting} AND w."conversationId" = $1::uuid ORDER BY w.seq LIMIT 1),
  claimed AS (
    ${claiming} FROM head, place
    WHERE o.id = head.id AND o.status = 'pending' AND head."nextAt" <= $3::timestamptz
      AND place.provider <> ALL ($5::text[])
    RETURNING ${claimed}
  )
  SELECT place.*, head.id AS "headId", head."nextAt", claimed.*
  FROM place LEFT JOIN head ON true LEFT JOIN claimed ON true`,
);

/**
 * Takes the right to deliver in this conversation, and in the same breath the message that is due there, unless its
 * provider is paced: then `claimHead` takes it when its moment has come. Null while another process has the right.
 */
export async function take(
  prisma: PrismaClient,
  conversationId: string,
  lease: { by: string; at: number; until: number },
  paced: readonly string[],
): Promise<Taken | null> {
  const answer = await ask(
    prisma,
    takeStatement,
    conversationId,
    lease.by,
    new Date(lease.at).toISOString(),
    new Date(lease.until).toISOString(),
    `{${paced.join(',')}}`,
  );
  const rows = z.array(z.unknown()).parse(answer);
  if (rows.length === 0) return null;
  const first = head.safeParse(rows[0]).data;
  return {
    place: place.parse(rows[0]),
    head: first ? { id: first.headId, nextAt: first.nextAt } : null,
    claim: claim.safeParse(rows[0]).data ?? null,
  };
}

const claimStatement = named(
  'claim_outbox',
  `WITH head AS (${waiting} AND w.id = $1::uuid)
  ${claiming} FROM head WHERE o.id = head.id AND o.status = 'pending' RETURNING ${claimed}`,
);

export async function claimHead(prisma: PrismaClient, id: string): Promise<Claim | null> {
  const rows = await ask(prisma, claimStatement, id);
  return claims.parse(rows)[0] ?? null;
}

/** A claimed message has to wait after all: nothing was attempted. */
export async function unclaim(prisma: PrismaClient, id: string): Promise<void> {
  const data = { attempts: { decrement: 1 }, ambiguous: false };
  await prisma.outbox.updateMany({ where: { id, status: 'pending' }, data });
}

const sentStatement = named(
  'sent_outbox',
  `WITH
  sent AS (
    UPDATE "Outbox" o SET status = 'sent', ref = s->'ref', "sentAt" = (s->>'at')::timestamptz, fault = NULL, ambiguous = false
    FROM jsonb_array_elements($1::jsonb) AS s
    WHERE jsonb_typeof(s) = 'object' AND o.id = (s->>'id')::uuid RETURNING o.id, o."conversationId"
  ),
  freed AS (
    UPDATE "Conversation" c SET "leasedBy" = NULL, "leasedUntil" = NULL FROM sent
    WHERE c.id = sent."conversationId" AND c."leasedBy" = $2::text AND NOT EXISTS (
      SELECT FROM "Outbox" more
      WHERE more."conversationId" = sent."conversationId" AND more.status = 'pending' AND more.id <> sent.id
    )
    RETURNING c.id
  )
  SELECT sent.id, freed.id IS NOT NULL AS freed, set_config('synchronous_commit', 'off', true)
  FROM sent LEFT JOIN freed ON freed.id = sent."conversationId"`,
);
const sentRows = z.array(z.object({ id: z.string(), freed: z.boolean() }));

interface SentNote {
  id: string;
  /** The channel's reference to the message. */
  ref: unknown;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Notes what is sent, gathered where much is. This note alone does not wait for the disk: should the database's
 * machine lose it, the claim before it stands, which says that the message may have arrived. An end of this process
 * loses nothing.
 * @returns whether it was the last one, and the right to deliver here was given back with it
 */
export function sentMarker(prisma: PrismaClient, by: string): (note: SentNote) => Promise<boolean> {
  return gather<SentNote, boolean>({
    async askAll(notes) {
      const rows = notes.map(({ id, ref, at }) => ({ id, ref: ref ?? null, at: new Date(at).toISOString() }));
      const done = sentRows.parse(await ask(prisma, sentStatement, storable(rows), by));
      return notes.map(({ id }) => done.some((row) => row.id === id && row.freed));
    },
    linger: 5,
    oneAtFault: isRefusal,
  });
}

export async function release(prisma: PrismaClient, conversationId: string, by: string): Promise<void> {
  await prisma.conversation.updateMany({
    where: { id: conversationId, leasedBy: by },
    data: { leasedBy: null, leasedUntil: null },
  });
}

/** Voids every lease: for a database that only this process can have open, where others are of the dead. */
export async function releaseAll(prisma: PrismaClient): Promise<void> {
  await prisma.conversation.updateMany({
    where: { leasedBy: { not: null } },
    data: { leasedBy: null, leasedUntil: null },
  });
}

/** The message with this id is now another one in the channel: later edits go there. */
export async function moveRef(prisma: PrismaClient, id: string, ref: unknown): Promise<void> {
  await prisma.$executeRaw`UPDATE "Outbox" SET ref = ${storable(ref ?? null)}::jsonb WHERE id = ${id}::uuid`;
}

export async function markLater(
  prisma: PrismaClient,
  id: string,
  fault: string,
  doubtful: boolean,
  nextAt: number,
): Promise<void> {
  const data = { fault, ambiguous: doubtful, nextAt: new Date(nextAt) };
  await prisma.outbox.updateMany({ where: { id, status: 'pending' }, data });
}

export async function markDropped(prisma: PrismaClient, id: string, fault: string): Promise<void> {
  await prisma.outbox.updateMany({ where: { id, status: 'pending' }, data: { status: 'dropped', fault } });
}

/** Nobody can be reached here any more: what waits is dropped, and staff see why. */
export async function markUnreachable(
  prisma: PrismaClient,
  conversationId: string,
  problem: string,
): Promise<void> {
  await prisma.$transaction([
    prisma.conversation.update({
      where: { id: conversationId },
      data: { status: 'unreachable', problem: text(problem) },
    }),
    prisma.outbox.updateMany({
      where: { conversationId, status: 'pending' },
      data: { status: 'dropped', fault: 'conversation-gone' },
    }),
  ]);
}

export async function markReachable(prisma: PrismaClient, conversationId: string): Promise<void> {
  await prisma.conversation.update({
    where: { id: conversationId },
    data: { status: 'open', problem: null },
  });
}

/** Conversations in which something waits that may go now. */
export async function waitingConversations(prisma: PrismaClient, at: number): Promise<string[]> {
  const rows = await prisma.$queryRaw`
    SELECT "conversationId" AS id FROM "Outbox" WHERE status = 'pending' AND "nextAt" <= ${new Date(at)}
    GROUP BY "conversationId" ORDER BY min(seq) LIMIT 1000`;
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map((row) => row.id);
}
