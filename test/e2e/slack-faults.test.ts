import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { DatabaseLine } from '../support/database-line.ts';
import { findPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { overHttp, People } from '../support/slack/people.ts';
import { secret } from '../support/slack/rig.ts';
import { SlackServer } from '../support/slack/server.ts';
import { choicesOf, titleOf, Walker } from '../support/slack/walker.ts';

const deskKey = 'a-key-of-the-help-desk-for-tests-only';

/** The whole service, with real faults: of Slack's, of the network's, of the database's. */

interface House {
  slack: SlackServer;
  app: TestApp;
  people: People;
  as(user: string): Walker;
  texts(user: string): string[];
  end(): Promise<void>;
}

async function open(env: Record<string, string> = {}): Promise<House> {
  const slack = await SlackServer.start();
  for (const user of ['UANA', 'UBEN', 'UEVE']) slack.model.addUser(user);
  const app = await startTestApp({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: secret,
    SLACK_API_URL: slack.apiUrl,
    SLACK_CHANNEL_INTERVAL_MS: '0',
    SLACK_POSTS_PER_MINUTE: '100000',
    DESK_API_KEYS: `staff:${createHash('sha256').update(deskKey).digest('hex')}`,
    ...env,
  });
  slack.model.clock = () => app.clock.now;
  const people = new People(slack, (...args) =>
    overHttp(`${app.address}/slack/events`, secret, () => app.clock.now)(...args),
  );
  return {
    slack,
    app,
    people,
    as: (user) => new Walker(slack, people, user),
    texts: (user) =>
      slack.model
        .direct(user)
        .messages.filter((m) => m.bot_id)
        .map((m) => m.text),
    async end() {
      await app.end();
      await slack.stop();
    },
  };
}

/** The first step's card, which has "I'm stuck" on it. */
async function begin(house: House, user: string): Promise<Walker> {
  await house.people.say(user, 'start');
  const person = house.as(user);
  await person.card(atStep);
  return person;
}

const atStep = (card: Parameters<typeof choicesOf>[0]) =>
  choicesOf(card).some((c) => c.action.verb === 'stuck');

describe('when Slack or the way there fails', () => {
  let house: House;
  beforeAll(async () => {
    house = await open();
  });
  afterAll(() => house.end());

  /** Time passes, and what waits is tried again. */
  async function later(minutes: number): Promise<void> {
    house.app.clock.now += minutes * 60_000;
    await house.app.sweep();
  }

  test('a limit in one conversation does not hold up another, and what waited comes after the time Slack asked for', async () => {
    await begin(house, 'UANA');
    await begin(house, 'UBEN');
    house.slack.faults.order('chat.postMessage', { kind: '429', retryAfter: 30 }, { channel: 'DUANA' });
    await house.people.say('UANA', 'help');
    await house.people.say('UBEN', 'help');
    await expect.poll(() => house.texts('UBEN').at(-1)).toContain('Words you can type');
    expect(house.texts('UANA').at(-1)).not.toContain('Words you can type');
    await later(0.4);
    expect(house.texts('UANA').at(-1)).not.toContain('Words you can type');
    await later(0.2);
    expect(house.texts('UANA').at(-1)).toContain('Words you can type');
  });

  test.each(['cut-after', 'cut-before'] as const)(
    'a connection that is %s leaves one message, in order',
    async (kind) => {
      const count = () => house.texts('UANA').filter((t) => t.includes('What I keep')).length;
      const before = count();
      house.slack.faults.order('chat.postMessage', { kind }, { channel: 'DUANA' });
      await house.people.say('UANA', 'privacy');
      await house.people.say('UANA', 'help');
      await expect.poll(() => house.slack.callsOf('chat.postMessage').length).toBeGreaterThan(0);
      await house.app.sweep();
      await later(10);
      expect(count()).toBe(before + 1);
      expect(house.texts('UANA').at(-1)).toContain('Words you can type');
    },
  );

  test('a Slack that answers 500 for a while loses nothing', async () => {
    house.slack.faults.order(
      'chat.postMessage',
      { kind: 'status', status: 500 },
      { channel: 'DUBEN', times: 3 },
    );
    await house.people.say('UBEN', 'privacy');
    for (let n = 0; n < 5; n++) await later(6);
    expect(house.texts('UBEN').filter((t) => t.includes('What I keep'))).toHaveLength(1);
  });

  test('what waited while the service was down is delivered when it is back', async () => {
    house.slack.faults.order('chat.postMessage', { kind: 'cut-after' }, { channel: 'DUEVE' });
    await house.people.say('UEVE', 'hello');
    await house.app.restart();
    await later(10);
    expect(house.texts('UEVE').filter((t) => t.startsWith('Welcome'))).toHaveLength(1);
  });

  test('one who cannot be reached is shown so, and the others are not affected', async () => {
    house.slack.model.addUser('UEVE', { deleted: true });
    await house.people.say('UEVE', 'privacy');
    await house.app.sweep();
    await house.people.say('UBEN', 'status');
    const answer = await fetch(`${house.app.address}/api/v1/journeys?q=UEVE`, {
      headers: { authorization: `Bearer ${deskKey}` },
    });
    expect(await answer.json()).toMatchObject({
      items: [{ unreachable: expect.stringContaining('Slack account is deactivated') }],
    });
    expect(titleOf(await house.as('UBEN').card(atStep))).not.toBe('');
  });
});

/** Slack's patience, by a clock that stands still while this machine is too busy to run anything. */
async function threeSeconds(): Promise<'too late'> {
  for (let n = 0; n < 58; n++) await sleep(50);
  return 'too late';
}

const bin = findPostgres();

describe.skipIf(!bin && process.env.REQUIRE_ALL !== '1')('when the database fails (PostgreSQL)', () => {
  let house: House;
  let postgres: PostgresServer;
  let line: DatabaseLine;
  beforeAll(async () => {
    postgres = await startPostgres(bin ?? '');
    line = await DatabaseLine.start(postgres.url('postgres'));
    house = await open({ DATABASE_URL: line.url });
  });
  afterAll(async () => {
    line.release();
    await house.end();
    await line.stop();
    await postgres.stop();
  });

  const ephemerals = () => house.slack.model.ephemerals.map((e) => e.text);

  test('slow: an event waits for Slack to deliver it again, a press and a command say so, all within three seconds', async () => {
    const ana = await begin(house, 'UANA');
    const title = titleOf(await ana.card());
    const event = house.people.envelope(
      { type: 'message', channel_type: 'im', channel: 'DUANA', user: 'UANA', text: 'stuck', ts: '5.000001' },
      'EvSlow',
    );
    line.hold();
    const answers = await Promise.race([
      Promise.all([
        house.people.raw('events_api', event),
        ana.press("I'm stuck"),
        house.people.command('UANA', 'back'),
      ]),
      threeSeconds(),
    ]);
    if (answers === 'too late') throw new Error('Slack waits for three seconds');
    const [told, pressed, commanded] = answers;
    expect([told.status, pressed.status, commanded.status]).toEqual([503, 200, 200]);
    expect(told.body).toBe('');
    expect(commanded.body).toMatchObject({ text: 'I could not save that. Please send the command again.' });
    await expect.poll(ephemerals).toEqual(['I could not save that. Please press the button again.']);
    line.release();
    expect(await house.people.raw('events_api', event)).toMatchObject({ status: 200 });
    await ana.card((c) => titleOf(c) === 'What is in the way?');
    const step = await ana.choose('to-step');
    expect(titleOf(step)).toBe(title);
  }, 60_000);

  test('slow: what was to be repeated is not done late as well', async () => {
    const eve = await begin(house, 'UEVE');
    await eve.choose('answer');
    const second = await eve.card();
    const started = house.texts('UEVE').length;
    line.hold();
    const command = await house.people.command('UEVE', 'back');
    expect(command.body).toMatchObject({ text: 'I could not save that. Please send the command again.' });
    line.release();
    await expect.poll(() => house.app.log()).toMatch(/command\/[^}]*failed after its time was up/);
    await house.app.sweep();
    expect(house.texts('UEVE')).toHaveLength(started);
    expect(await eve.card()).toEqual(second);
  }, 60_000);

  test('gone: nothing is claimed, and all is well once it is back', async () => {
    const ben = await begin(house, 'UBEN');
    const before = ephemerals().length;
    line.cut();
    const event = house.people.envelope(
      { type: 'message', channel_type: 'im', channel: 'DUBEN', user: 'UBEN', text: 'stuck', ts: '6.000001' },
      'EvGone',
    );
    expect((await house.people.raw('events_api', event)).status).toBe(503);
    expect((await ben.press("I'm stuck")).status).toBe(200);
    await expect.poll(() => ephemerals().length).toBe(before + 1);
    line.mend();
    await expect.poll(async () => (await fetch(`${house.app.address}/readyz`)).status).toBe(200);
    expect((await house.people.raw('events_api', event)).status).toBe(200);
    await ben.card((c) => titleOf(c) === 'What is in the way?');
  }, 60_000);
});
