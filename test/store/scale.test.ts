import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { PrismaClient } from '../../src/store/generated/client.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';

interface Node {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  Plans?: Node[] | undefined;
}
const node: z.ZodType<Node> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  get Plans() {
    return z.array(node).optional();
  },
});
const plans = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: node })) }));

/** Twenty thousand people, four messages each; one in a hundred stuck, one in a thousand due. */
const people = 20_000;

eachDatabase('with twenty thousand journeys', (open) => {
  let database: TestDatabase;
  let prisma: PrismaClient;

  beforeAll(async () => {
    database = await open();
    prisma = database.prisma;
    const fill = `
      INSERT INTO "Person" (id) SELECT gen_random_uuid() FROM generate_series(1, ${people});
      INSERT INTO "Identity" (id, provider, tenant, "externalId", "personId")
        SELECT gen_random_uuid(), 'slack', 'T1', 'U' || row_number() OVER (), id FROM "Person";
      INSERT INTO "Conversation" (id, provider, key, "identityId", reference)
        SELECT gen_random_uuid(), 'slack', "externalId", id, '{}' FROM "Identity";
      INSERT INTO "Journey" (id, "personId", "flowId", "flowVersion", status, step, state, since, "heardAt", "dueAt")
        SELECT gen_random_uuid(), id, 'f', 1,
          CASE WHEN n % 100 = 0 THEN 'stuck' WHEN n % 3 = 0 THEN 'active' ELSE 'done' END, 's' || n % 15, '{}',
          timestamptz '2026-01-01' + n * interval '1 minute', now(),
          CASE WHEN n % 1000 = 0 THEN timestamptz '2026-01-01' WHEN n % 3 = 0 THEN timestamptz '2030-01-01' END
        FROM (SELECT id, row_number() OVER () AS n FROM "Person") p;
      INSERT INTO "Outbox" (id, "conversationId", op, message, status)
        SELECT gen_random_uuid(), c.id, 'post', '{}', CASE WHEN random() < 0.001 THEN 'pending' ELSE 'sent' END
        FROM "Conversation" c, generate_series(1, 4)`;
    for (const statement of fill.split(';')) await prisma.$executeRawUnsafe(statement);
    await prisma.$executeRawUnsafe('ANALYZE');
  }, 240_000);
  afterAll(() => database.close());

  async function scans(sql: string): Promise<string[]> {
    const rows = plans.parse(await prisma.$queryRawUnsafe(`EXPLAIN (FORMAT JSON) ${sql}`));
    const all = (plan: Node): Node[] => [plan, ...(plan.Plans ?? []).flatMap(all)];
    return rows
      .flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => all(Plan)))
      .filter((plan) => plan['Relation Name'] || plan['Index Name'])
      .map((plan) => `${plan['Node Type']} ${plan['Index Name'] ?? plan['Relation Name']}`);
  }

  it('finds who is stuck, longest first, in the index alone', async () => {
    const first = `SELECT * FROM "Journey" WHERE status = 'stuck' ORDER BY since, id LIMIT 51`;
    expect(await scans(first)).toEqual(['Index Scan Journey_status_since_id_idx']);
    const next = `SELECT * FROM "Journey" WHERE status = 'stuck' AND (since > timestamptz '2026-01-03'
      OR since = timestamptz '2026-01-03' AND id > '${randomUUID()}') ORDER BY since, id LIMIT 51`;
    expect(await scans(next)).toEqual(['Index Scan Journey_status_since_id_idx']);
  });

  it('finds whose moment has come by its index', async () => {
    const due = `SELECT id FROM "Journey" WHERE "dueAt" <= now() ORDER BY id LIMIT 200`;
    expect((await scans(due)).join()).toContain('Journey_dueAt_idx');
  });

  it('finds what waits in one conversation, and where anything waits, by its index', async () => {
    const head = `SELECT id FROM "Outbox" WHERE "conversationId" = '${randomUUID()}' AND status = 'pending'
      ORDER BY seq LIMIT 1`;
    expect(await scans(head)).toEqual(['Index Scan Outbox_conversationId_status_seq_idx']);
    const anywhere = `SELECT "conversationId" FROM "Outbox" WHERE status = 'pending' AND "nextAt" <= now()
      GROUP BY "conversationId" ORDER BY min(seq) LIMIT 1000`;
    expect((await scans(anywhere)).join()).toContain('Outbox_status_nextAt_idx');
  });
});
