import { z } from 'zod';
import { ask } from './ask.ts';
import { gather } from './gather.ts';
import type { PrismaClient } from './generated/client.ts';
import type { Also, Change, Committed, Granted, Transaction, Wish } from './journal.ts';
import { storable } from './json.ts';
import { named } from './named.ts';
import { isRefusal } from './refusal.ts';

/**
 * Each event's consequences, of as many journeys as are given, in one statement: everything hangs on the journey's row
 * still carrying the lock that the decision was made on, so either all of an event's is written or nothing. An event
 * seen before breaks the inbox's key, and with it the whole statement.
 */
const statement = named(
  'commit_change',
  `WITH
  given AS (
    SELECT n, c, c->'journey' AS journey, c->'history' AS history, c->'inbox' AS inbox, c->'identity' AS identity,
      c->'screen' AS screen, c->'wish' AS wish
    FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS all_of_them(c, n)
    WHERE jsonb_typeof(c) = 'object'
  ),
  j AS (
    UPDATE "Journey" SET
      lock = lock + 1, "flowVersion" = (journey->>'flowVersion')::int, state = journey->'state',
      status = journey->>'status', step = journey->>'step', since = (journey->>'since')::timestamptz,
      "heardAt" = (journey->>'heardAt')::timestamptz, "stuckReason" = journey->>'stuckReason',
      "dueAt" = (journey->>'dueAt')::timestamptz, "deadlineAt" = (journey->>'deadlineAt')::timestamptz,
      "closedAt" = (journey->>'closedAt')::timestamptz
    FROM given
    WHERE "Journey".id = (journey->>'id')::uuid AND lock = (journey->>'lock')::int
    RETURNING n, "Journey".id, "personId", lock, (c->>'at')::timestamptz AS at, history, inbox, identity, screen, wish,
      c->'outbox' AS outbox, c->'escalations' AS escalations, c->'tasks' AS tasks
  ),
  inbox AS (
    INSERT INTO "Inbox" (channel, "eventId", at, event)
    SELECT inbox->>'channel', inbox->>'eventId', at, inbox->'event' FROM j
    WHERE jsonb_typeof(inbox) = 'object'
  ),
  spoke AS (
    UPDATE "Identity" SET "lastSpokeAt" = j.at FROM j
    WHERE jsonb_typeof(identity) = 'object' AND (identity->>'spoke')::boolean
      AND "Identity".id = (identity->>'id')::uuid
  ),
  content AS (
    INSERT INTO "Content" (id, "personId", at, text)
    SELECT (history->'content'->>'id')::uuid, "personId", at, history->'content'->>'text' FROM j
    WHERE jsonb_typeof(history->'content') = 'object'
  ),
  history AS (
    INSERT INTO "History" ("journeyId", seq, at, actor, "actorId", type, step, "toStep", detail, "contentId")
    SELECT id, lock, at, history->>'actor', history->>'actorId', history->>'type',
      history->>'step', history->>'toStep', history->'detail', (history->'content'->>'id')::uuid
    FROM j WHERE jsonb_typeof(history) = 'object'
  ),
  taken AS (
    SELECT n, (wish->>'outboxId')::uuid AS "outboxId", wish->>'by' AS by, (wish->>'until')::timestamptz AS until
    FROM j JOIN "Conversation" w ON w.id = (j.screen->>'conversationId')::uuid
    WHERE jsonb_typeof(wish) = 'object' AND w.status = 'open'
      AND (w."leasedBy" IS NULL OR w."leasedUntil" < at)
      -- Asked for like this, it is looked up by the conversation; else by all that waits anywhere.
      AND (SELECT min(o.seq) FROM "Outbox" o WHERE o."conversationId" = w.id AND o.status = 'pending') IS NULL
    FOR UPDATE OF w
  ),
  screen AS (
    UPDATE "Conversation" SET screen = j.screen->'screen',
      "leasedBy" = coalesce(taken.by, "leasedBy"), "leasedUntil" = coalesce(taken.until, "leasedUntil")
    FROM j LEFT JOIN taken USING (n)
    WHERE jsonb_typeof(j.screen) = 'object' AND "Conversation".id = (j.screen->>'conversationId')::uuid
  ),
  outbox AS (
    INSERT INTO "Outbox"
      (id, "conversationId", op, "targetId", message, "nextAt", "createdAt", attempts, ambiguous)
    SELECT (o->>'id')::uuid, (o->>'conversationId')::uuid, o->>'op', (o->>'targetId')::uuid, o->'message', at, at,
      CASE WHEN taken.n IS NULL THEN 0 ELSE 1 END, taken.n IS NOT NULL
    FROM j CROSS JOIN jsonb_array_elements(outbox) WITH ORDINALITY AS rows(o, place)
      LEFT JOIN taken ON taken.n = j.n AND taken."outboxId" = (o->>'id')::uuid
    ORDER BY j.n, place
  ),
  opened AS (
    INSERT INTO "Escalation" (id, "journeyId", reason, step, status, priority, "openedBy", "openedAt", tried, posts)
    SELECT (e->>'id')::uuid, j.id, e->>'reason', e->>'step', 'open', e->>'priority', e->>'openedBy', at, e->'tried', e->'posts'
    FROM j, jsonb_array_elements(escalations) AS e WHERE e->>'op' = 'open'
  ),
  tasks AS (
    INSERT INTO "DeviceTask" (id, "deviceId", action, parameters, status, step, asked, "createdAt", "expiresAt")
    SELECT (t->>'id')::uuid, (t->>'deviceId')::uuid, t->>'action', t->'parameters', 'pending', t->>'step',
      (t->>'asked')::boolean, at, (t->>'expiresAt')::timestamptz
    FROM j, jsonb_array_elements(tasks) AS t
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
    FROM j, jsonb_array_elements(escalations) AS e
    WHERE e->>'op' IN ('claim', 'resolve') AND "Escalation".id = (e->>'id')::uuid
  )
SELECT j.id IS NOT NULL AS done, taken.n IS NOT NULL AS taken,
    (SELECT t.ref FROM "Outbox" t WHERE t.id = (given.wish->>'targetId')::uuid) AS ref
  FROM given LEFT JOIN j USING (n) LEFT JOIN taken USING (n)
  ORDER BY n`,
);

const result = z.array(z.object({ done: z.boolean(), taken: z.boolean(), ref: z.unknown() }));

/** The event's identity was there already; as Prisma hands it on, and as PostgreSQL's own driver says it. */
const seenBefore = z.union([
  z.object({
    meta: z.object({
      driverAdapterError: z.object({
        cause: z.object({
          originalCode: z.literal('23505'),
          originalMessage: z.string().includes('Inbox_pkey'),
        }),
      }),
    }),
  }),
  z.object({ code: z.literal('23505'), constraint: z.literal('Inbox_pkey') }),
]);

export interface Settled {
  outcome: Committed;
  granted: Granted | null;
}

interface Wished {
  change: Change;
  wish: Wish | null;
}

async function commitAll(prisma: Transaction, all: readonly Wished[]): Promise<Settled[]> {
  const rows = result.parse(
    await ask(prisma, statement, storable(all.map(({ change, wish }) => ({ ...change, wish })))),
  );
  return rows.map(({ done, taken, ref }) => ({
    outcome: done ? 'committed' : 'conflict',
    granted: taken ? { targetRef: ref } : null,
  }));
}

/** A change within a transaction that is open already; an event that was seen before breaks that too. */
export async function commitChange(tx: Transaction, change: Change): Promise<Committed> {
  return (await onceOnly(commitAll(tx, [{ change, wish: null }]).then(([only]) => only))).outcome;
}

/** Writes changes, gathered where many come at once. */
export function committer(prisma: PrismaClient): (wished: Wished) => Promise<Settled> {
  const commit = gather<Wished, Settled>({
    askAll: (all) => commitAll(prisma, all),
    // The later of two for one journey was decided on a state that the earlier one changes: it shall find that out.
    apart: ({ change }) => [change.journey.id, ...(change.screen ? [change.screen.conversationId] : [])],
    oneAtFault: isRefusal,
  });
  return (wished) => onceOnly(commit(wished));
}

async function onceOnly(settled: Promise<Settled | undefined>): Promise<Settled> {
  try {
    return (await settled) ?? { outcome: 'conflict', granted: null };
  } catch (error) {
    if (seenBefore.safeParse(error).success) return { outcome: 'duplicate', granted: null };
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
