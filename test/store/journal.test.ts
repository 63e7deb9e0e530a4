import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import type { Change, Journal, Snapshot } from '../../src/store/journal.ts';
import { openJournal } from '../../src/store/open-journal.ts';
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
      tasks: [],
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

  describe('with a wish to deliver the answer at once', () => {
    const until = new Date(at.getTime() + 45_000);
    const wishFor = (written: Change, targetId: string | null = null) => ({
      outboxId: written.outbox[0]?.id ?? '',
      targetId,
      by: 'me',
      until,
    });
    const place = ({ conversation }: Snapshot) =>
      database.prisma.conversation.findUniqueOrThrow({ where: { id: conversation.id } });
    const rowsOf = async ({ conversation }: Snapshot) =>
      (
        await database.prisma.outbox.findMany({
          where: { conversationId: conversation.id },
          orderBy: { seq: 'asc' },
        })
      ).map(({ status, attempts, ambiguous }) => ({ status, attempts, ambiguous }));
    const untouched = { status: 'pending', attempts: 0, ambiguous: false };

    it('takes the first message, as one that may have arrived, and the right to deliver there', async () => {
      const snapshot = await newcomer('wish');
      const written = change(snapshot, 'wish-1');
      const done = await journal.commitAndTake(written, wishFor(written));
      expect(done).toEqual({ outcome: 'committed', granted: { targetRef: null } });
      expect(await rowsOf(snapshot)).toEqual([
        { status: 'pending', attempts: 1, ambiguous: true },
        untouched,
      ]);
      expect(await place(snapshot)).toMatchObject({
        leasedBy: 'me',
        leasedUntil: until,
        screen: { touched: true },
      });
    });

    it('knows where the message is that is edited', async () => {
      const snapshot = await newcomer('wish-edit');
      const card = await database.prisma.outbox.create({
        data: {
          id: randomUUID(),
          conversationId: snapshot.conversation.id,
          op: 'post',
          message: {},
          status: 'sent',
          ref: { ts: '1.2' },
        },
      });
      const written = change(snapshot, 'wish-edit-1');
      const { granted } = await journal.commitAndTake(written, wishFor(written, card.id));
      expect(granted).toEqual({ targetRef: { ts: '1.2' } });
    });

    it.each([
      ['somebody else delivers there', { leasedBy: 'other', leasedUntil: until }],
      ['the person cannot be reached', { status: 'unreachable' }],
    ])('leaves it to the ordinary way while %s', async (name, data) => {
      const snapshot = await newcomer(name);
      await database.prisma.conversation.update({ where: { id: snapshot.conversation.id }, data });
      const written = change(snapshot, name);
      const done = await journal.commitAndTake(written, wishFor(written));
      expect(done).toEqual({ outcome: 'committed', granted: null });
      expect(await rowsOf(snapshot)).toEqual([untouched, untouched]);
      expect((await place(snapshot)).leasedBy).toBe('leasedBy' in data ? 'other' : null);
    });

    it('leaves it to the ordinary way while an earlier message waits', async () => {
      const snapshot = await newcomer('wish-later');
      await journal.commit(change(snapshot, 'wish-later-1'));
      const next = (await journal.loadJourney(snapshot.journey.id)) ?? snapshot;
      const written = { ...change(next, 'wish-later-2'), escalations: [] };
      expect(await journal.commitAndTake(written, wishFor(written))).toEqual({
        outcome: 'committed',
        granted: null,
      });
      expect(await rowsOf(snapshot)).toEqual([untouched, untouched, untouched, untouched]);
    });

    it('takes a dead process’s place once its time is over, and only one of two at the same time', async () => {
      const snapshot = await newcomer('wish-dead');
      const past = new Date(at.getTime() - 1);
      const data = { leasedBy: 'dead', leasedUntil: past };
      await database.prisma.conversation.update({ where: { id: snapshot.conversation.id }, data });
      const both = ['a', 'b'].map((name) => change(snapshot, `wish-dead-${name}`));
      const done = await Promise.all(both.map((one) => journal.commitAndTake(one, wishFor(one))));
      expect(done.map(({ outcome }) => outcome).toSorted()).toEqual(['committed', 'conflict']);
      expect(done.filter(({ granted }) => granted !== null)).toHaveLength(1);
      expect((await place(snapshot)).leasedBy).toBe('me');
    });
  });

  it('gathers what many do at once, each with its own end, in whatever company', async () => {
    const people = await Promise.all(Array.from({ length: 60 }, (_, n) => newcomer(`crowd-${n}`)));
    const [first, second, third, ...others] = people;
    if (!first || !second || !third) throw new Error('nobody came');
    await journal.commit(change(second, 'crowd-seen'));
    const again = await journal.load({ provider: 'local', tenant: 'local', externalId: 'crowd-1' });
    const broken = change(third, 'crowd-broken');
    broken.outbox = [
      { id: randomUUID(), conversationId: randomUUID(), op: 'post', targetId: null, message: {} },
    ];
    const [one, two, seen, failed, ...rest] = await Promise.allSettled([
      journal.commit(change(first, 'crowd-one')),
      journal.commit(change(first, 'crowd-two')),
      journal.commit(change(again ?? second, 'crowd-seen')),
      journal.commit(broken),
      ...others.map((snapshot, n) => journal.commit(change(snapshot, `crowd-other-${n}`, `step-${n}`))),
    ]);
    expect([one, two]).toMatchObject([{ value: 'committed' }, { value: 'conflict' }]);
    expect(seen).toMatchObject({ value: 'duplicate' });
    expect(failed).toMatchObject({ status: 'rejected' });
    expect(new Set(rest.map((end) => end.status === 'fulfilled' && end.value))).toEqual(
      new Set(['committed']),
    );
    const loaded = await Promise.all(
      [...others, { identity: { externalId: 'crowd-nobody' } }].map(({ identity: { externalId } }) =>
        journal.load({ provider: 'local', tenant: 'local', externalId }),
      ),
    );
    expect(loaded.pop()).toBeNull();
    expect(loaded.map((found) => found?.journey.state)).toEqual(
      others.map((_, n) => ({ step: `step-${n}` })),
    );
    expect(await count(third.journey.id)).toEqual({ history: 0, escalations: 0 });
  });

  it('holds nobody up for a row that somebody else holds', async () => {
    if (database.kind === 'embedded') return; // One session: nobody else is there.
    const people = await Promise.all(Array.from({ length: 6 }, (_, n) => newcomer(`held-${n}`)));
    const [held, ...free] = people;
    if (!held) throw new Error('nobody came');
    const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: has, resolve: got } = Promise.withResolvers<void>();
    const holding = database.prisma.$transaction(
      async (tx) => {
        await tx.$queryRaw`SELECT FROM "Journey" WHERE id = ${held.journey.id}::uuid FOR UPDATE`;
        got();
        await until;
      },
      { timeout: 30_000 },
    );
    await has;
    const [one, ...others] = await Promise.allSettled(
      people.map((snapshot, n) => journal.commit(change(snapshot, `held-${n}`))),
    );
    expect(one).toMatchObject({ status: 'rejected' });
    expect(others).toEqual(free.map(() => ({ status: 'fulfilled', value: 'committed' })));
    letGo();
    await holding;
    expect(await journal.commit(change(held, 'held-0'))).toBe('committed');
  });

  it('writes nothing of a change that cannot be written whole', async () => {
    const snapshot = await newcomer('fay');
    const broken = change(snapshot, 'broken');
    broken.outbox = [
      { id: randomUUID(), conversationId: randomUUID(), op: 'post', targetId: null, message: {} },
    ];
    await expect(journal.commit(broken)).rejects.toThrow();
    expect((await journal.loadJourney(snapshot.journey.id))?.journey.lock).toBe(0);
    expect(await count(snapshot.journey.id)).toEqual({ history: 0, escalations: 0 });
    expect(await database.prisma.inbox.count({ where: { eventId: 'broken' } })).toBe(0);
    expect(await database.prisma.content.count({ where: { personId: snapshot.person.id } })).toBe(0);
  });

  it('does not take another broken key for an event seen before', async () => {
    const snapshot = await newcomer('gus');
    const broken = change(snapshot, 'gus-1');
    broken.outbox = broken.outbox.map((row) => ({ ...row, id: '00000000-0000-4000-8000-000000000000' }));
    await expect(journal.commit(broken)).rejects.toThrow('Outbox_pkey');
  });

  it('keeps what was written apart from the history, and its times and words exactly', async () => {
    const snapshot = await newcomer('hal');
    const written = change(snapshot, 'hal-1');
    await journal.commit(written);
    const entry = await database.prisma.history.findFirst({ where: { journeyId: snapshot.journey.id } });
    expect(entry).toMatchObject({
      seq: 1,
      at,
      actor: 'employee',
      step: 's',
      toStep: 't',
      detail: { a: "it's" },
    });
    const content = await database.prisma.content.findUnique({ where: { id: entry?.contentId ?? '' } });
    expect(content).toMatchObject({ personId: snapshot.person.id, text: 'hello', at });
    const journey = await database.prisma.journey.findUnique({ where: { id: snapshot.journey.id } });
    expect(journey).toMatchObject({ since: at, heardAt: at, dueAt: at, closedAt: null });
  });

  it('takes any text that somebody may type', async () => {
    const snapshot = await newcomer('ivy');
    const odd = "a\0b \ud800 ' \\u0000 $1 🙂 \u2028";
    const written = change(snapshot, 'ivy-1');
    written.history = written.history && { ...written.history, content: { id: randomUUID(), text: odd } };
    written.journey.state = { step: odd };
    expect(await journal.commit(written)).toBe('committed');
    const clean = "a\ufffdb \ufffd ' \\u0000 $1 🙂 \u2028";
    expect((await journal.loadJourney(snapshot.journey.id))?.journey.state).toEqual({ step: clean });
    const contents = await database.prisma.content.findMany({ where: { personId: snapshot.person.id } });
    expect(contents.map((row) => row.text)).toEqual([clean]);
  });

  it('lets an escalation be claimed and resolved, each with its name and moment', async () => {
    const snapshot = await newcomer('jon');
    const opening = change(snapshot, 'jon-1');
    await journal.commit(opening);
    const id = opening.escalations[0]?.id ?? '';
    for (const [lock, op] of [
      [1, 'claim'],
      [2, 'resolve'],
    ] as const) {
      const next = change(snapshot, `jon-${op}`);
      next.journey.lock = lock;
      next.escalations = [{ op, id, by: 'slack:T1:U1', name: 'Kim' }];
      expect(await journal.commit(next)).toBe('committed');
    }
    expect(await database.prisma.escalation.findUnique({ where: { id } })).toMatchObject({
      status: 'resolved',
      claimedBy: 'slack:T1:U1',
      claimedName: 'Kim',
      claimedAt: at,
      resolvedName: 'Kim',
      resolvedAt: at,
    });
  });

  it('speaks, for what comes from elsewhere, where the person spoke last', async () => {
    const snapshot = await newcomer('lea');
    const second = await database.prisma.identity.create({
      data: {
        id: randomUUID(),
        provider: 'teams',
        tenant: 't',
        externalId: 'lea',
        personId: snapshot.person.id,
        lastSpokeAt: new Date(at.getTime() + 1),
      },
    });
    // It has never given a conversation, so there is nowhere to speak yet.
    expect((await journal.loadJourney(snapshot.journey.id))?.identity.provider).toBe('local');
    await database.prisma.conversation.create({
      data: { id: randomUUID(), provider: 'teams', key: 'lea', identityId: second.id, reference: { a: 1 } },
    });
    const elsewhere = await journal.loadJourney(snapshot.journey.id);
    expect(elsewhere?.conversation).toMatchObject({ provider: 'teams', key: 'lea', reference: { a: 1 } });
  });

  it('keeps what a channel tells anew of a person, and reaches them again', async () => {
    const snapshot = await newcomer('max');
    await database.prisma.conversation.update({
      where: { id: snapshot.conversation.id },
      data: { status: 'unreachable', problem: 'blocked' },
    });
    const key = { provider: 'local', tenant: 'local', externalId: 'max' };
    const profile = { displayName: 'Max M.', locale: null, timeZone: 'Asia/Tokyo' };
    await journal.refresh(key, profile, { key: 'c/max-2', reference: { to: 'new' } });
    expect(await journal.load(key)).toMatchObject({
      person: { displayName: 'Max M.', timeZone: 'Asia/Tokyo' },
      identity: { locale: 'en' },
      conversation: { key: 'c/max-2', reference: { to: 'new' } },
    });
    expect(
      await database.prisma.conversation.findUnique({ where: { id: snapshot.conversation.id } }),
    ).toMatchObject({ status: 'open', problem: null });
  });

  it('begins a further journey, which is the one that is found from then on', async () => {
    const snapshot = await newcomer('ned');
    const later = new Date(at.getTime() + 1000);
    const id = await journal.begin(
      snapshot.person.id,
      { flowId: 'f', flowVersion: 2, step: 's', state: { step: 's' } },
      later,
    );
    const key = { provider: 'local', tenant: 'local', externalId: 'ned' };
    expect((await journal.load(key))?.journey).toMatchObject({
      id,
      flowVersion: 2,
      status: 'new',
      since: later,
    });
  });

  it('knows nobody who was never welcomed', async () => {
    expect(await journal.load({ provider: 'local', tenant: 'local', externalId: 'nobody' })).toBeNull();
    expect(await journal.loadJourney(randomUUID())).toBeNull();
  });
});
