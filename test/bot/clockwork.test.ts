import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { sweepTimers } from '../../src/bot/clockwork.ts';
import type { Happen } from '../../src/flows/happen.ts';
import type { PrismaClient } from '../../src/store/generated/client.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';

// A Tuesday, ten in the morning in New York.
const morning = Date.parse('2026-11-24T15:00:00Z');
const hour = 3_600_000;

eachDatabase('the clockwork', (open) => {
  let database: TestDatabase;
  let prisma: PrismaClient;
  const faults: object[] = [];
  const log = { error: (details: object) => void faults.push(details) };

  beforeAll(async () => {
    database = await open();
    prisma = database.prisma;
  }, 120_000);
  afterAll(() => database.close());
  afterEach(async () => {
    faults.length = 0;
    await prisma.journey.deleteMany();
  });

  async function journeys(count: number, dueAt: number | null, timeZone: string | null = 'America/New_York') {
    const personId = randomUUID();
    await prisma.person.create({ data: { id: personId, timeZone } });
    const data = Array.from({ length: count }, () => ({
      ...{ id: randomUUID(), personId, flowId: 'f', flowVersion: 1, status: 'active', step: 's', state: {} },
      ...{ since: new Date(0), heardAt: new Date(0), dueAt: dueAt === null ? null : new Date(dueAt) },
    }));
    await prisma.journey.createMany({ data });
    return data.map((row) => row.id);
  }

  function sweep(at: number, happen: Happen, zone = 'America/New_York') {
    return sweepTimers({ prisma, happen, clock: () => at, zone, log });
  }

  it('lets time act on those whose moment has come, and on nobody else', async () => {
    const due = await journeys(2, morning);
    await journeys(1, morning + 1);
    await journeys(1, null);
    const struck: [string, string, string][] = [];
    const found = await sweep(morning, async (id, event, by) => {
      struck.push([id, event.type, by.kind]);
      return { applied: true, state: null };
    });
    expect(found).toBe(2);
    expect(struck.toSorted()).toEqual(due.map((id) => [id, 'timer', 'timer']).toSorted());
  });

  it('finds them all, however many, though none of them moves on', async () => {
    await journeys(450, morning);
    const struck = new Set<string>();
    const found = await sweep(morning, async (id) => {
      struck.add(id);
      return { applied: false, state: null };
    });
    expect([found, struck.size]).toEqual([450, 450]);
  });

  it('lets a journey that fails hold up no other', async () => {
    const [first] = (await journeys(3, morning)).toSorted();
    const struck: string[] = [];
    await sweep(morning, async (id) => {
      if (id === first) throw new Error('broken');
      struck.push(id);
      return { applied: true, state: null };
    });
    expect(struck).toHaveLength(2);
    expect(faults).toMatchObject([{ journey: first }]);
  });

  it('reminds nobody at night because it was found late', async () => {
    const [here] = await journeys(1, morning, 'Asia/Tokyo');
    const [unknown] = await journeys(1, morning, null);
    const struck: string[] = [];
    await sweep(
      morning,
      async (id) => {
        struck.push(id);
        return { applied: true, state: null };
      },
      'Europe/Berlin',
    );
    // In Tokyo it is midnight; in Berlin 16:00, within hours.
    expect(struck).toEqual([unknown]);
    const moved = await prisma.journey.findUniqueOrThrow({ where: { id: here ?? '' } });
    expect(moved.dueAt).toEqual(new Date(morning + 9 * hour));
    // The decision that may be under way meanwhile still finds the lock that it was made on.
    expect(moved.lock).toBe(0);
  });
});
