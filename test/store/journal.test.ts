import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import type { Change, Journal, Snapshot } from '../../src/store/journal.ts';
import { openJournal } from '../../src/store/open-journal.ts';
import { Queue } from '../../src/store/queue.ts';
import { eachDatabase } from '../support/databases.ts';

const at = new Date('2026-11-24T15:00:00Z');

eachDatabase('the journal', (open) => {
  let database: Database;
  let journal: Journal;

  beforeAll(async () => {
    database = await open();
    journal = openJournal(database.prisma, randomUUID);
  }, 120_000);
  afterAll(() => database.close());

  async function newcomer(name: string): Promise<Snapshot> {
    const key = { provider: 'local', tenant: 'local', externalId: name };
    await journal.welcome({
      ...key,
      displayName: name,
      locale: 'en',
      timeZone: 'America/New_York',
      conversation: { key: `c/${name}`, reference: { to: name } },
      journey: { flowId: 'f', flowVersion: 1, step: 's', state: { step: 's' } },
      at,
    });
    const snapshot = await journal.load(key);
    if (!snapshot) throw new Error('not found');
    return snapshot;
  }

  function change(snapshot: Snapshot, eventId: string, step = 't'): Change {
    const { id, lock, flowVersion } = snapshot.journey;
    return {
      at,
      inbox: { channel: 'local', eventId, event: { kind: 'press' } },
      identity: { id: snapshot.identity.id, spoke: true },
      journey: {
        id,
        lock,
        flowVersion,
        state: { step },
        status: 'active',
        step,
        since: at,
        heardAt: at,
        stuckReason: null,
        dueAt: at,
        deadlineAt: null,
        closedAt: null,
      },
      history: {
        actor: 'employee',
        actorId: null,
        type: 'done',
        step: 's',
        toStep: step,
        detail: { a: "it's" },
        content: { id: randomUUID(), text: 'hello' },
      },
      screen: { conversationId: snapshot.conversation.id, screen: { touched: true } },
      outbox: ['one', 'two'].map((summary) => ({
        id: randomUUID(),
        conversationId: snapshot.conversation.id,
        op: 'post',
        targetId: null,
        message: { summary },
      })),
      escalations: [
        {
          op: 'open',
          id: randomUUID(),
          reason: 'r',
          step,
          priority: 'normal',
          openedBy: 'employee',
          tried: ['p'],
          posts: [],
        },
      ],
    };
  }

  const count = async (journeyId: string) => ({
    history: await database.prisma.history.count({ where: { journeyId } }),
    escalations: await database.prisma.escalation.count({ where: { journeyId } }),
  });

  it('welcomes somebody once, however often at once', async () => {
    const [a, b] = await Promise.all([newcomer('twin'), newcomer('twin')]);
    expect(a.journey.id).toBe(b.journey.id);
    expect(await database.prisma.person.count({ where: { displayName: 'twin' } })).toBe(1);
  });

  it('writes all that an event changes', async () => {
    const snapshot = await newcomer('ana');
    expect(await journal.commit(change(snapshot, 'e1'))).toBe('committed');
    const after = await journal.loadJourney(snapshot.journey.id);
    expect(after?.journey).toMatchObject({ lock: 1, state: { step: 't' }, status: 'active' });
    expect(after?.conversation.screen).toEqual({ touched: true });
    expect(await count(snapshot.journey.id)).toEqual({ history: 1, escalations: 1 });
    const rows = await database.prisma.outbox.findMany({
      where: { conversationId: snapshot.conversation.id },
      orderBy: { seq: 'asc' },
    });
    expect(rows.map((row) => row.message)).toEqual([{ summary: 'one' }, { summary: 'two' }]);
  });

  it('lets a redelivered event change nothing', async () => {
    const snapshot = await newcomer('ben');
    await journal.commit(change(snapshot, 'again'));
    const later = (await journal.loadJourney(snapshot.journey.id)) ?? snapshot;
    expect(await journal.commit(change(later, 'again', 'u'))).toBe('duplicate');
    expect((await journal.loadJourney(snapshot.journey.id))?.journey).toMatchObject({
      lock: 1,
      state: { step: 't' },
    });
    expect(await count(snapshot.journey.id)).toEqual({ history: 1, escalations: 1 });
  });

  it('lets exactly one of many decisions on the same state win, whole', async () => {
    const snapshot = await newcomer('eve');
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) => journal.commit(change(snapshot, `race-${i}`))),
    );
    expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(7);
    expect(await count(snapshot.journey.id)).toEqual({ history: 1, escalations: 1 });
    expect(await database.prisma.inbox.count({ where: { eventId: { startsWith: 'race-' } } })).toBe(1);
  });

  it('runs recurring work on the database’s own queue', async () => {
    const faults: unknown[] = [];
    const queue = new Queue(database, { error: (details) => void faults.push(details) });
    let runs = 0;
    await queue.start([{ name: 'tick', everySeconds: 1, work: async () => void runs++ }]);
    const deadline = Date.now() + 20_000;
    while (runs < 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
    await queue.stop();
    expect(runs).toBeGreaterThanOrEqual(2);
    expect(faults).toEqual([]);
  });
});
