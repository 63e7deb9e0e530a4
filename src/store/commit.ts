import { z } from 'zod';
import type { PrismaClient } from './generated/client.ts';
import type { Also, Change, Committed, Transaction } from './journal.ts';
import { storable } from './json.ts';
import { named } from './named.ts';

/**
 * One event's consequences in one statement: everything hangs on the journey's row still carrying the lock that the
 * decision was made on, so either all of it is written or nothing. An event seen before breaks the inbox's key, and
 * with it the whole statement.
 */
const statement = named(
  'commit_change',
  `WITH
  given AS (SELECT $1::jsonb AS c),
  j AS (
    UPDATE "Journey" SET
      lock = lock + 1, "flowVersion" = (c->'journey'->>'flowVersion')::int, state = c->'journey'->'state',
      status = c->'journey'->>'status', step = c->'journey'->>'step', since = (c->'journey'->>'since')::timestamptz,
      "heardAt" = (c->'journey'->>'heardAt')::timestamptz, "stuckReason" = c->'journey'->>'stuckReason',
      "dueAt" = (c->'journey'->>'dueAt')::timestamptz, "deadlineAt" = (c->'journey'->>'deadlineAt')::timestamptz,
      "closedAt" = (c->'journey'->>'closedAt')::timestamptz
    FROM given
    WHERE "Journey".id = (c->'journey'->>'id')::uuid AND lock = (c->'journey'->>'lock')::int
    RETURNING "Journey".id, "personId", lock, c, (c->>'at')::timestamptz AS at
  ),
  inbox AS (
    INSERT INTO "Inbox" (channel, "eventId", at, event)
    SELECT c->'inbox'->>'channel', c->'inbox'->>'eventId', at, c->'inbox'->'event' FROM j
    WHERE jsonb_typeof(c->'inbox') = 'object'
  ),
  spoke AS (
    UPDATE "Identity" SET "lastSpokeAt" = j.at FROM j
    WHERE jsonb_typeof(c->'identity') = 'object' AND (c->'identity'->>'spoke')::boolean
      AND "Identity".id = (c->'identity'->>'id')::uuid
  ),
  content AS (
    INSERT INTO "Content" (id, "personId", at, text)
    SELECT (c->'history'->'content'->>'id')::uuid, "personId", at, c->'history'->'content'->>'text' FROM j
    WHERE jsonb_typeof(c->'history'->'content') = 'object'
  ),
  history AS (
    INSERT INTO "History" ("journeyId", seq, at, actor, "actorId", type, step, "toStep", detail, "contentId")
    SELECT id, lock, at, c->'history'->>'actor', c->'history'->>'actorId', c->'history'->>'type',
      c->'history'->>'step', c->'history'->>'toStep', c->'history'->'detail', (c->'history'->'content'->>'id')::uuid
    FROM j WHERE jsonb_typeof(c->'history') = 'object'
  ),
  screen AS (
    UPDATE "Conversation" SET screen = c->'screen'->'screen' FROM j
    WHERE jsonb_typeof(c->'screen') = 'object' AND "Conversation".id = (c->'screen'->>'conversationId')::uuid
  ),
  outbox AS (
    INSERT INTO "Outbox" (id, "conversationId", op, "targetId", message, "nextAt", "createdAt")
    SELECT (o->>'id')::uuid, (o->>'conversationId')::uuid, o->>'op', (o->>'targetId')::uuid, o->'message', at, at
    FROM j, jsonb_array_elements(c->'outbox') WITH ORDINALITY AS rows(o, place) ORDER BY place
  ),
  opened AS (
    INSERT INTO "Escalation" (id, "journeyId", reason, step, status, priority, "openedBy", "openedAt", tried, posts)
    SELECT (e->>'id')::uuid, j.id, e->>'reason', e->>'step', 'open', e->>'priority', e->>'openedBy', at, e->'tried', e->'posts'
    FROM j, jsonb_array_elements(c->'escalations') AS e WHERE e->>'op' = 'open'
  ),
  settled AS (
    UPDATE "Escalation" SET
      status = CASE e->>'op' WHEN 'claim' THEN 'claimed' ELSE 'resolved' END,
      "claimedBy" = CASE e->>'op' WHEN 'claim' THEN e->>'by' ELSE "claimedBy" END,
      "claimedName" = CASE e->>'op' WHEN 'claim' THEN e->>'name' ELSE "claimedName" END,
      "claimedAt" = CASE e->>'op' WHEN 'claim' THEN at ELSE "claimedAt" END,
      "resolvedBy" = CASE e->>'op' WHEN 'resolve' THEN e->>'by' END,
      "resolvedName" = CASE e->>'op' WHEN 'resolve' THEN e->>'name' END,
      "resolvedAt" = CASE e->>'op' WHEN 'resolve' THEN at END
    FROM j, jsonb_array_elements(c->'escalations') AS e
    WHERE e->>'op' IN ('claim', 'resolve') AND "Escalation".id = (e->>'id')::uuid
  )
SELECT count(*)::int AS done FROM j`,
);

const result = z.array(z.object({ done: z.number() }));

/** The event's identity was there already; as Prisma hands on what either adapter says. */
const seenBefore = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({
        originalCode: z.literal('23505'),
        originalMessage: z.string().includes('Inbox_pkey'),
      }),
    }),
  }),
});

export async function commitChange(prisma: Transaction, change: Change): Promise<Committed> {
  try {
    const rows = result.parse(await prisma.$queryRawUnsafe(statement, storable(change)));
    return rows[0]?.done === 1 ? 'committed' : 'conflict';
  } catch (error) {
    if (seenBefore.safeParse(error).success) return 'duplicate';
    throw error;
  }
}

/** A transaction that ends without a trace. */
class Undone extends Error {
  readonly outcome: Committed;
  constructor(outcome: Committed) {
    super(`undone: ${outcome}`);
    this.outcome = outcome;
  }
}

/** Two transactions stood in each other's way, and the database ended this one. */
const collided = z.object({ code: z.literal('P2034') });

/** A change together with what must happen with it. Rare, so it may cost a transaction of several statements. */
export async function commitTogether(prisma: PrismaClient, change: Change, also: Also): Promise<Committed> {
  const work = async (tx: Transaction) => {
    const outcome = (await also(tx)) ? await commitChange(tx, change) : 'conflict';
    if (outcome !== 'committed') throw new Undone(outcome);
    return outcome;
  };
  try {
    return await prisma.$transaction(work, { maxWait: 10_000, timeout: 20_000 });
  } catch (error) {
    if (error instanceof Undone) return error.outcome;
    if (collided.safeParse(error).success) return 'conflict';
    throw error;
  }
}
