import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journeyDetail } from '../../../src/desk/queries/journey-detail.ts';
import { listJourneys } from '../../../src/desk/queries/journeys.ts';
import { journeyState } from '../../../src/flows/state.ts';
import { builtInFlow } from '../../support/built-in-flow.ts';
import { eachDatabase, type TestDatabase } from '../../support/databases.ts';
import { type Chat, type House, openHouse } from './support.ts';

const minute = 60_000;
const flow = builtInFlow();

eachDatabase('one person in two chats', (open) => {
  let database: TestDatabase;
  let house: House;
  let count = 0;

  beforeAll(async () => {
    database = await open();
    house = openHouse(database);
  }, 120_000);
  afterAll(() => database.close());

  /** Somebody new in Slack, and in Teams; each test has its own. */
  function twoChats(): [Chat, Chat] {
    count++;
    return [house.chat('slack', 'T1', `ana${count}`), house.chat('teams', 'contoso', `ana${count}`)];
  }

  async function linked(): Promise<[Chat, Chat]> {
    const [slack, teams] = twoChats();
    await slack.say('start');
    await teams.say(`link ${await slack.code()}`);
    await slack.press('Yes');
    await teams.press('Yes');
    return [slack, teams];
  }

  const link = async (chat: Chat) => {
    const { id } = await chat.identity();
    return database.prisma.link.findFirstOrThrow({
      where: { OR: [{ askerId: id }, { typerId: id }] },
      orderBy: { createdAt: 'desc' },
    });
  };
  const journeyOf = async ({ who }: Chat) => {
    const key = { provider: who.provider, tenant: who.tenant, externalId: who.id };
    const journey = (await house.journal.load(key))?.journey;
    return journey && { ...journey, step: journeyState.parse(journey.state).step };
  };
  /** One step on, by whatever leads on from it. */
  const onward = async (chat: Chat) => {
    const step = flow.byId.get((await journeyOf(chat))?.step ?? '');
    const answer = step?.answers.find((a) => !a.problem && !a.wait);
    await chat.press(answer?.label ?? step?.done ?? '');
  };
  const onePerson = async (a: Chat, b: Chat) =>
    (await a.identity()).personId === (await b.identity()).personId;

  it('names a place as its people do, where the channel knows, and no link can hide in that name', async () => {
    const [, teams] = twoChats();
    const slack = house.chat('slack', 'T-named', `ana${count}`);
    await slack.say('start');
    await teams.say(`link ${await slack.code()}`);
    expect((await teams.seen()).at(-1)).toMatchObject({
      fields: [{ label: 'Who' }, { label: 'Where', value: 'Slack, workspace Example Corp' }],
    });
  });

  it('goes on in the second chat with the journey of the first, once both have agreed', async () => {
    const [slack, teams] = twoChats();
    await slack.say('start');
    await onward(slack);
    const before = await journeyOf(slack);
    const code = await slack.code();
    await teams.say(`link ${code.toLowerCase()}`);
    expect((await teams.seen()).at(-1)).toMatchObject({
      summary: `Link to ${slack.who.id} (slack) in Slack, workspace T1?`.replaceAll(/[()]/g, ''),
      fields: [{ label: 'Who' }, { label: 'Where', value: 'Slack, workspace T1' }],
    });
    expect(await slack.last()).toMatch(/^Link to ana\d+ teams in Microsoft Teams, organisation contoso\?$/);
    await teams.press('Yes');
    expect(await teams.summaries()).toContain('Now say yes in Slack, workspace T1 too.');
    expect(await onePerson(slack, teams)).toBe(false);
    await slack.press('Yes');
    expect(await onePerson(slack, teams)).toBe(true);
    expect(await journeyOf(teams)).toMatchObject({ id: before?.id, step: before?.step });
    await teams.say('status');
    expect(await teams.last()).toContain('Step ');
    expect((await teams.journeys()).map((j) => j.status).sort()).toEqual(['active', 'merged']);
  });

  it('speaks, from then on, where the person spoke last', async () => {
    const [slack, teams] = await linked();
    const id = (await journeyOf(slack))?.id ?? '';
    for (const chat of [slack, teams]) {
      house.clock.now += minute;
      await chat.say('status');
      const there = (await house.journal.loadJourney(id))?.conversation.id;
      expect(there).toBe((await chat.identity()).conversations[0]?.id);
    }
  });

  it('takes the code alone as well, and never keeps it', async () => {
    const [slack, teams] = twoChats();
    await teams.say('link');
    const code = await slack.code();
    await teams.say(code.replace('-', ' '));
    expect((await link(slack)).status).toBe('claimed');
    expect(await slack.summaries()).toContain('This code is over.');
    const everything = JSON.stringify(
      [
        await database.prisma.inbox.findMany(),
        await database.prisma.history.findMany(),
        await database.prisma.content.findMany(),
        await database.prisma.link.findMany(),
        await database.prisma.outbox.findMany({
          where: { conversationId: (await slack.identity()).conversations[0]?.id ?? '' },
        }),
      ],
      (_k, v) => (typeof v === 'bigint' ? String(v) : v),
    );
    expect(everything).not.toContain(code);
    expect(everything).not.toContain(code.replace('-', ''));
  });

  it('asks which one goes on where both have begun, and closes the other with an entry in its timeline', async () => {
    const [slack, teams] = twoChats();
    for (const chat of [slack, teams]) await chat.say('start');
    await onward(teams);
    await teams.say('human');
    await slack.say(`link ${await teams.code()}`);
    await teams.press('Yes');
    await slack.press('Yes');
    expect(await onePerson(slack, teams)).toBe(false);
    expect((await slack.seen()).at(-1)?.choices?.options.map((o) => o.label)).toEqual([
      expect.stringMatching(/^Step 1 .*\(Slack\)$/),
      expect.stringMatching(/^Step 2 .*\(Microsoft Teams\)$/),
    ]);
    const left = await journeyOf(teams);
    const going = await journeyOf(slack);
    await slack.press('Step 1');
    expect(await journeyOf(teams)).toMatchObject({ id: going?.id });
    expect(await database.prisma.journey.findUnique({ where: { id: left?.id ?? '' } })).toMatchObject({
      status: 'merged',
      dueAt: null,
      closedAt: expect.any(Date),
    });
    const history = await database.prisma.history.findMany({
      where: { journeyId: left?.id ?? '' },
      orderBy: { seq: 'desc' },
    });
    expect(history[0]).toMatchObject({ type: 'merged', actor: 'employee', detail: { into: going?.id } });
    expect(await database.prisma.escalation.findMany({ where: { journeyId: left?.id ?? '' } })).toMatchObject(
      [{ status: 'resolved', resolvedBy: 'employee' }],
    );
  });

  it('shows staff both identities and both ends in the timeline, and counts the journey once', async () => {
    const [slack, teams] = await linked();
    const id = (await journeyOf(slack))?.id ?? '';
    const reading = {
      prisma: database.prisma,
      flowOf: async () => flow,
      clock: () => new Date(house.clock.now),
    };
    const detail = await journeyDetail(reading, id);
    expect(detail?.journey.person.identities.map((i) => i.provider).sort()).toEqual(['slack', 'teams']);
    expect(detail?.history.items.map((h) => h.text)).toContain(
      'Goes on here from Microsoft Teams (contoso) too',
    );
    const listed = await listJourneys(reading, { q: teams.who.id });
    expect(listed.items.map((j) => j.id)).toEqual([id]);
  });

  it('lets old buttons of the closed journey do no harm', async () => {
    const [slack, teams] = twoChats();
    for (const chat of [slack, teams]) await chat.say('start');
    const old = (await teams.buttons()).find((b) => ['done', 'answer'].includes(b.action.verb));
    await teams.say(`link ${await slack.code()}`);
    await slack.press('Yes');
    await teams.press('Yes');
    await teams.press('Step 1');
    const kept = await journeyOf(slack);
    // Both stand at the same step and revision: only the journey's id tells the buttons apart.
    const chosen = kept?.id === old?.action.about ? slack : teams;
    const foreign = { ...old?.action, verb: old?.action.verb ?? '', about: randomUUID() };
    await chosen.hear({ kind: 'press', action: foreign });
    expect((await journeyOf(slack))?.step).toBe(kept?.step);
    expect((await chosen.seen()).at(-1)?.body).toContain('from an earlier moment');
  });

  it('brings a paired computer, what was written and unfinished pairings along', async () => {
    const [slack, teams] = twoChats();
    for (const chat of [slack, teams]) await chat.say('start');
    await onward(slack);
    await teams.say('the green adapter hums');
    const left = await teams.identity();
    const journeyId = (await journeyOf(teams))?.id ?? '';
    const at = new Date(house.clock.now);
    const device = await database.prisma.device.create({
      data: {
        id: randomUUID(),
        personId: left.personId,
        journeyId,
        publicKey: randomUUID(),
        hostname: 'PC',
        system: {},
        pairedAt: at,
      },
    });
    const pairing = await database.prisma.pairing.create({
      data: {
        id: randomUUID(),
        personId: left.personId,
        journeyId,
        lookup: 'BCD',
        secretHash: 'x',
        createdAt: at,
        expiresAt: at,
        status: 'open',
      },
    });
    await teams.say(`link ${await slack.code()}`);
    await slack.press('Yes');
    await teams.press('Yes');
    await teams.press('Step 2');
    const now = { personId: (await slack.identity()).personId, journeyId: (await journeyOf(slack))?.id };
    expect(await database.prisma.device.findUnique({ where: { id: device.id } })).toMatchObject(now);
    expect(await database.prisma.pairing.findUnique({ where: { id: pairing.id } })).toMatchObject(now);
    expect(
      await database.prisma.content.findFirst({
        where: { text: 'the green adapter hums', personId: now.personId },
      }),
    ).not.toBeNull();
    expect(await database.prisma.person.findUnique({ where: { id: left.personId } })).toBeNull();
  });

  describe('does not link', () => {
    it('a chat with itself', async () => {
      const [slack] = twoChats();
      await slack.say(`link ${await slack.code()}`);
      expect(await slack.last()).toContain('in your other chat');
      expect((await link(slack)).status).toBe('open');
    });

    it('two people of one workspace', async () => {
      const [slack] = twoChats();
      const colleague = house.chat('slack', 'T1', `ben${count}`);
      await colleague.say(`link ${await slack.code()}`);
      expect(await colleague.last()).toContain('Both are people of Slack, workspace T1');
      expect((await link(slack)).status).toBe('open');
    });

    it('a third person through somebody who is linked already', async () => {
      const [, teams] = await linked();
      const colleague = house.chat('slack', 'T1', `cy${count}`);
      await colleague.say(`link ${await teams.code()}`);
      expect(await colleague.last()).toContain('Both are people of Slack');
    });

    it('what is linked already', async () => {
      const [slack, teams] = await linked();
      await teams.say(`link ${await slack.code()}`);
      expect(await teams.last()).toContain('linked already');
    });

    it('when either side says no; the other is told', async () => {
      const [slack, teams] = twoChats();
      await teams.say(`link ${await slack.code()}`);
      await teams.press('Yes');
      await slack.press('No');
      expect(await slack.summaries()).toContain('Nothing was linked.');
      expect(await teams.summaries()).toContain('Slack, workspace T1 said no');
      expect((await link(slack)).status).toBe('void');
      expect(await onePerson(slack, teams)).toBe(false);
    });

    it('when one side stays silent: that counts as no', async () => {
      const [slack, teams] = twoChats();
      await teams.say(`link ${await slack.code()}`);
      const buttons = await slack.buttons();
      await teams.press('Yes');
      house.clock.now += 10 * minute;
      await house.sweep();
      for (const chat of [slack, teams]) expect(await chat.summaries()).toContain('Nobody answered in time');
      const yes = buttons.find((b) => b.action.verb === 'link-yes');
      if (yes) await slack.hear({ kind: 'press', action: yes.action });
      expect(await slack.last()).toContain('nothing was linked');
      expect(await onePerson(slack, teams)).toBe(false);
    });

    it('with a code that is older than ten minutes, used, or followed by a newer one', async () => {
      const [slack, teams] = twoChats();
      const first = await slack.code();
      await slack.say('link');
      await teams.say(`link ${first}`);
      expect(await teams.last()).toBe('I know no such code.');
      expect(await slack.summaries()).toContain('This code is over.');
      const late = /link ([B-Z]{4}-[B-Z]{4})/.exec(await slack.last())?.[1] ?? '';
      house.clock.now += 10 * minute;
      await teams.say(`link ${late}`);
      expect(await teams.last()).toBe('I know no such code.');
      await house.sweep();
      const used = await slack.code();
      await teams.say(`link ${used}`);
      const third = house.chat('teams', 'contoso', `dan${count}`);
      await third.say(`link ${used}`);
      expect(await third.last()).toBe('I know no such code.');
    });

    it('somebody else’s link: a button carries an id, and an id is no right', async () => {
      const [slack, teams] = twoChats();
      await teams.say(`link ${await slack.code()}`);
      const mallory = house.chat('teams', 'contoso', `mal${count}`);
      await mallory.say('start');
      await mallory.hear({ kind: 'press', action: { verb: 'link-yes', about: (await link(slack)).id } });
      expect(await mallory.last()).toContain('not yours');
      expect(await link(slack)).toMatchObject({ askerYes: false, typerYes: false });
    });
  });

  it('shuts a guesser out after five wrong codes, even from a right one, for ten minutes', async () => {
    const [slack, teams] = twoChats();
    const code = await slack.code();
    await Promise.all(
      ['ZZZZ-ZZZZ', 'ZZZZ-ZZZY', 'ZZZZ-ZZZX', 'ZZZZ-ZZZW', 'ZZZZ-ZZZV'].map((wrong) =>
        teams.say(`link ${wrong}`),
      ),
    );
    await teams.say(`link ${code}`);
    expect(await teams.last()).toContain('too many wrong codes');
    expect((await link(slack)).status).toBe('open');
    house.clock.now += 10 * minute + 1;
    await house.sweep();
    await teams.say(`link ${await slack.code()}`);
    expect(await teams.last()).toContain('Link to');
  });

  it('voids a code after five wrong ones that begin like it, whoever typed them', async () => {
    const [slack, teams] = twoChats();
    const code = await slack.code();
    for (let i = 0; i < 5; i++) {
      const wrong = `${code.slice(0, 5)}${code.slice(5) === 'BBBB' ? 'CCCC' : 'BBBB'}`;
      await house.chat('local', 'local', `g${count}-${i}`).say(`link ${wrong}`);
    }
    await teams.say(`link ${code}`);
    expect(await teams.last()).toBe('I know no such code.');
    await house.sweep();
    expect(await slack.summaries()).toContain('This code is over.');
  });

  it('takes letters that stand alone at a secret step for a secret, and still counts them as guesses', async () => {
    const [slack, teams] = twoChats();
    const code = await slack.code();
    await teams.say('start');
    const secretStep = flow.steps.find((step) => step.secret)?.id ?? '';
    const journey = await journeyOf(teams);
    const state = { ...journeyState.parse(journey?.state), step: secretStep };
    await database.prisma.journey.update({
      where: { id: journey?.id ?? '' },
      data: { state, step: secretStep },
    });
    for (const letter of 'BCDFG') await teams.say(`ZZZZ-ZZZ${letter}`);
    expect(await teams.last()).toContain('Please delete your last message');
    await teams.say(`link ${code}`);
    expect(await teams.last()).toContain('too many wrong codes');
    expect((await link(slack)).status).toBe('open');
  });

  it('gives no more than five codes in ten minutes', async () => {
    const [slack] = twoChats();
    for (let i = 0; i < 6; i++) await slack.say('link');
    expect(await slack.last()).toContain('several codes');
  });

  it('takes a redelivered event once: the code that is shown is the one that counts', async () => {
    const [slack, teams] = twoChats();
    const id = randomUUID();
    await Promise.all([slack.say('link', id), slack.say('link', id), slack.say('link', id)]);
    const codes = (await slack.seen()).flatMap((m) => /link ([B-Z]{4}-[B-Z]{4})/.exec(m.summary)?.[1] ?? []);
    expect(codes).toHaveLength(1);
    await teams.say(`link ${codes[0]}`);
    expect(await teams.last()).toContain('Link to');
  });

  it('merges once, however the last presses fall: together, twice, and again later', async () => {
    const [slack, teams] = twoChats();
    await slack.say('start');
    await teams.say(`link ${await slack.code()}`);
    await Promise.all([slack.press('Yes'), teams.press('Yes'), slack.press('Yes'), teams.press('Yes')]);
    expect(await onePerson(slack, teams)).toBe(true);
    const all = await slack.journeys();
    expect(all.filter((j) => j.status !== 'merged')).toHaveLength(1);
    const entries = await database.prisma.history.findMany({
      where: { journeyId: { in: all.map((j) => j.id) }, type: { in: ['linked', 'merged'] } },
    });
    expect(entries.map((e) => e.type).sort()).toEqual(['linked', 'merged']);
    expect((await link(slack)).status).toBe('merged');
  });

  it('loses nothing of what happens to either journey while they are joined', async () => {
    const [slack, teams] = twoChats();
    for (const chat of [slack, teams]) await chat.say('start');
    await onward(slack);
    await teams.say(`link ${await slack.code()}`);
    await slack.press('Yes');
    await teams.press('Yes');
    const before = await journeyOf(slack);
    const there = await database.another();
    const second = openHouse(there, house.clock);
    const elsewhere = second.chat('slack', 'T1', slack.who.id);
    await Promise.all([
      teams.press('Step 2'),
      ...Array.from({ length: 4 }, (_, i) => elsewhere.say(`the adapter hums ${i}`)),
      ...Array.from({ length: 4 }, (_, i) => teams.say(`the lamp is off ${i}`)),
    ]);
    if (there.prisma !== database.prisma) await there.close();
    expect(await onePerson(slack, teams)).toBe(true);
    expect((await journeyOf(teams))?.id).toBe(before?.id);
    const { personId } = await slack.identity();
    const written = await database.prisma.content.findMany({ where: { personId } });
    expect(written.filter((c) => c.text?.includes('the adapter hums'))).toHaveLength(4);
    expect(written.filter((c) => c.text?.includes('the lamp is off'))).toHaveLength(4);
    const all = await slack.journeys();
    const seqs = await database.prisma.history.findMany({
      where: { journeyId: before?.id ?? '' },
      orderBy: { seq: 'asc' },
    });
    expect(new Set(seqs.map((h) => h.seq)).size).toBe(seqs.length);
    expect(all.filter((j) => j.status !== 'merged')).toHaveLength(1);
  });

  it('can be undone: the journey goes on in the other chat, and here one begins anew', async () => {
    const [slack, teams] = await linked();
    const kept = await journeyOf(slack);
    await teams.say('unlink');
    expect(await teams.last()).toContain('Slack, workspace T1');
    await teams.press('Part this chat');
    expect(await onePerson(slack, teams)).toBe(false);
    expect(await journeyOf(slack)).toMatchObject({ id: kept?.id });
    expect(await journeyOf(teams)).toMatchObject({ status: 'new' });
    await teams.press('Start here');
    expect((await journeyOf(teams))?.status).toBe('active');
    await slack.say('unlink');
    expect(await slack.last()).toContain('linked with no other');
  });

  it('leaves other texts alone', async () => {
    const [slack] = twoChats();
    await slack.say('start');
    await slack.say('link is broken');
    expect(await slack.last()).not.toContain('code');
    expect(await database.prisma.content.findFirst({ where: { text: 'link is broken' } })).not.toBeNull();
  });
});
