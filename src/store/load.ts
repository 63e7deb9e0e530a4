import { z } from 'zod';
import { ask } from './ask.ts';
import { gather } from './gather.ts';
import type { PrismaClient } from './generated/client.ts';
import type { NewcomerKey, Snapshot } from './journal.ts';
import { storable } from './json.ts';
import { named } from './named.ts';

const row = z.object({
  personId: z.string(),
  personName: z.string().nullable(),
  timeZone: z.string().nullable(),
  identityId: z.string(),
  provider: z.string(),
  tenant: z.string(),
  externalId: z.string(),
  locale: z.string().nullable(),
  identityName: z.string().nullable(),
  conversationId: z.string(),
  conversationProvider: z.string(),
  conversationKey: z.string(),
  reference: z.unknown(),
  screen: z.unknown(),
  journeyId: z.string(),
  lock: z.number().int(),
  flowId: z.string(),
  flowVersion: z.number().int(),
  state: z.unknown(),
  status: z.string(),
  since: z.date(),
  openIssues: z.array(z.string()).nullable(),
});

/** All that a decision needs, in one row; `FROM` and `WHERE` say whose. */
const columns = `
  p.id AS "personId", p."displayName" AS "personName", p."timeZone",
  i.id AS "identityId", i.provider, i.tenant, i."externalId", i.locale, i."displayName" AS "identityName",
  c.id AS "conversationId", c.provider AS "conversationProvider", c.key AS "conversationKey", c.reference, c.screen,
  j.id AS "journeyId", j.lock, j."flowId", j."flowVersion", j.state, j.status, j.since,
  (SELECT array_agg(k.id) FROM "KnownIssue" k WHERE k.open) AS "openIssues"`;

/**
 * For each identity its person's journey: the one under way, else the latest; in the conversation of the identity that
 * speaks. Of a newcomer there is no row.
 */
const bySpeaker = named(
  'load_speaker',
  `SELECT given.n::int, found.*
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS given(k, n)
  JOIN LATERAL (
  SELECT ${columns}
  FROM "Identity" i
  JOIN "Person" p ON p.id = i."personId"
  JOIN "Conversation" c ON c."identityId" = i.id
  JOIN LATERAL (
    SELECT * FROM "Journey" WHERE "personId" = p.id AND status <> 'merged'
    ORDER BY (status = 'done'), "createdAt" DESC, id LIMIT 1
  ) j ON true
  WHERE i.provider = k->>'provider' AND i.tenant = k->>'tenant' AND i."externalId" = k->>'externalId'
  ORDER BY c.id
  LIMIT 1
  ) found ON true
  WHERE jsonb_typeof(k) = 'object'`,
);

/** A journey by its id; it speaks where the person spoke last. */
const byJourney = named(
  'load_journey',
  `SELECT ${columns}
  FROM "Journey" j
  JOIN "Person" p ON p.id = j."personId"
  JOIN "Identity" i ON i."personId" = p.id
  JOIN "Conversation" c ON c."identityId" = i.id
  WHERE j.id = $1::uuid
  ORDER BY i."lastSpokeAt" DESC NULLS LAST, c.id
  LIMIT 1`,
);

const placed = z.array(z.object({ n: z.number().int() }).loose());

/** Loads for those who speak, gathered where many speak at once; null for a newcomer. */
export function speakerLoader(prisma: PrismaClient): (key: NewcomerKey) => Promise<Snapshot | null> {
  return gather<NewcomerKey, Snapshot | null>({
    async askAll(keys) {
      const rows = placed.parse(await ask(prisma, bySpeaker, storable(keys)));
      const found = new Map(rows.map((one) => [one.n, one]));
      return keys.map((_, n) => snapshot(found.get(n + 1)));
    },
  });
}

export async function loadJourney(prisma: PrismaClient, journeyId: string): Promise<Snapshot | null> {
  return snapshot(z.array(z.unknown()).parse(await ask(prisma, byJourney, journeyId))[0]);
}

function snapshot(found: unknown): Snapshot | null {
  if (found === undefined) return null;
  const first = row.parse(found);
  return {
    person: { id: first.personId, displayName: first.personName, timeZone: first.timeZone },
    identity: {
      id: first.identityId,
      provider: first.provider,
      tenant: first.tenant,
      externalId: first.externalId,
      locale: first.locale,
      displayName: first.identityName,
    },
    conversation: {
      id: first.conversationId,
      provider: first.conversationProvider,
      key: first.conversationKey,
      reference: first.reference,
      screen: first.screen,
    },
    journey: {
      id: first.journeyId,
      lock: first.lock,
      flowId: first.flowId,
      flowVersion: first.flowVersion,
      state: first.state,
      status: first.status,
      since: first.since,
    },
    openIssues: first.openIssues ?? [],
  };
}
