import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { secrets } from '../support/secret-corpus.ts';
import type { View } from '../support/slack/block-rules.ts';
import { overHttp, overSocket, People } from '../support/slack/people.ts';
import { type Mode, secret } from '../support/slack/rig.ts';
import { SlackServer } from '../support/slack/server.ts';
import { choicesOf, titleOf, Walker } from '../support/slack/walker.ts';

const flow = builtInFlow();
const desk = 'CDESK';

/** The form of "I'm stuck", as it comes back from Slack. */
const describeForm: View = {
  type: 'modal',
  callback_id: 'write',
  private_metadata: 'describe||||',
  title: { type: 'plain_text', text: 'Help with this step' },
  blocks: [{ type: 'divider' }],
};

describe.each<Mode>(['http', 'socket'])('the whole journey in Slack, over %s', (mode) => {
  let slack: SlackServer;
  let app: TestApp;
  let people: People;

  beforeAll(async () => {
    slack = await SlackServer.start();
    for (const user of ['UANA', 'UBEN', 'UEVE', 'UMIA', 'USAM', 'UKIM', 'ULEE', 'UJOE', 'ULIZ', 'UNEW'])
      slack.model.addUser(user);
    slack.model.addChannel(desk, 'private', ['UBOT', 'UKIM', 'ULEE']);
    app = await startTestApp({
      SLACK_BOT_TOKEN: slack.botToken,
      ...(mode === 'http' ? { SLACK_SIGNING_SECRET: secret } : { SLACK_APP_TOKEN: slack.appToken }),
      SLACK_API_URL: slack.apiUrl,
      SLACK_HELPDESK_CHANNEL: desk,
      SLACK_CHANNEL_INTERVAL_MS: '0',
      SLACK_POSTS_PER_MINUTE: '100000',
      PUBLIC_URL: 'https://bot.example',
    });
    slack.model.clock = () => app.clock.now;
    const send = () =>
      mode === 'http'
        ? overHttp(`${app.address}/slack/events`, secret, () => app.clock.now)
        : overSocket(slack);
    people = new People(slack, (...args) => send()(...args));
    if (mode === 'socket') await slack.socket.connected();
  }, 120_000);
  afterAll(async () => {
    await app?.end();
    await slack?.stop();
  });

  const as = (user: string) => new Walker(slack, people, user);
  const deskMessages = () => slack.model.channels.get(desk)?.messages ?? [];
  const said = (user: string) =>
    slack.model
      .direct(user)
      .messages.map((m) => `${m.text} ${JSON.stringify(m.blocks)}`)
      .join('\n');

  test('leads through every step of the guide to the end', async () => {
    await people.say('UANA', 'hello');
    const ana = as('UANA');
    const titles = await ana.walk(flow);
    const main = flow.steps.filter((s) => !s.detour && s.when?.issue?.is !== 'closed').map((s) => s.title);
    expect(titles.filter((t) => main.includes(t)).length).toBeGreaterThan(15);
    expect(titles.at(-1)).toBe(flow.end.title);
    expect(slack.callsOf('response_url').length).toBeGreaterThan(10);
    expect(slack.callsOf('chat.update').length).toBeLessThan(5);
  }, 60_000);

  test('a picture is shown, by its address or as an uploaded file', async () => {
    const images = slack.calls
      .map((c) => JSON.stringify(c.args))
      .filter((args) => args.includes('\\"image\\"') || args.includes('"image"'));
    if (flow.steps.some((s) => s.picture))
      expect(images.join()).toMatch(
        mode === 'http' ? /https:\/\/bot\.example\/slack\/pictures\// : /slack_file/,
      );
  });

  test('keeps the place through a restart, and takes four deliveries of one event once', async () => {
    await people.say('UBEN', 'start');
    const ben = as('UBEN');
    const first = await ben.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
    await app.restart();
    if (mode === 'socket') await slack.socket.connected();
    const event = {
      type: 'message',
      channel_type: 'im',
      channel: slack.model.direct('UBEN').id,
      user: 'UBEN',
      text: 'stuck',
      ts: '7.000001',
    };
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => people.raw('events_api', people.envelope(event, 'EvSame'))),
    );
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200]);
    await ben.card((c) => titleOf(c) === 'What is in the way?');
    await app.sweep();
    expect(
      slack.model.direct('UBEN').messages.filter((m) => titleOf(m) === 'What is in the way?'),
    ).toHaveLength(1);
    const back = await ben.choose('to-step');
    expect(titleOf(back)).toBe(titleOf(first));
  });

  test('a double click counts once, and a click on a week-old message does no harm', async () => {
    await people.say('USAM', 'start');
    const sam = as('USAM');
    const first = await sam.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
    const label = choicesOf(first).find((c) => ['answer', 'done'].includes(c.action.verb))?.label ?? '';
    await Promise.all([sam.press(label, { message: first }), sam.press(label, { message: first })]);
    const second = await sam.card((c) => titleOf(c) !== titleOf(first));
    await app.sweep();
    expect(titleOf(await sam.card())).toBe(titleOf(second));
    app.clock.now += 7 * 86_400_000;
    expect(await sam.press(label, { message: first })).toMatchObject({ status: 200 });
    await app.sweep();
    const now = await sam.card();
    expect(titleOf(now)).toBe(titleOf(second));
  });

  test('the help desk sees who needs it, claims, and resolves; nobody else can', async () => {
    await people.say('UEVE', 'start');
    const eve = as('UEVE');
    await eve.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
    await eve.choose('stuck');
    await eve.choose('still-stuck');
    await expect.poll(() => deskMessages().length).toBeGreaterThan(0);
    const post = deskMessages().at(-1);
    expect(post?.text).toContain('Person UEVE');
    await people.press('UJOE', 'Claim', { channel: desk });
    await expect.poll(() => said('UJOE')).toContain('for the help desk only');
    expect(JSON.stringify(post?.blocks)).toContain('Open');
    await Promise.all([
      people.press('UKIM', 'Claim', { channel: desk }),
      people.press('ULEE', 'Claim', { channel: desk }),
    ]);
    await expect
      .poll(() => JSON.stringify(deskMessages().at(-1)?.blocks))
      .toMatch(/Claimed by Person U(KIM|LEE)/);
    await expect
      .poll(() => said('UKIM') + said('ULEE'))
      .toMatch(/It is yours[\s\S]*Somebody has it already|Somebody has it already[\s\S]*It is yours/);
    expect(deskMessages().filter((m) => m.text.includes('UEVE'))).toHaveLength(1);
    await people.press('UKIM', 'Resolve', { channel: desk });
    await expect.poll(() => said('UEVE')).toContain('says it is solved');
    await expect
      .poll(() => JSON.stringify(deskMessages().at(-1)?.blocks))
      .toContain('Resolved by Person UKIM');
  });

  test('who describes in a form what is in the way is heard by the help desk; at a secret step there is no form', async () => {
    await people.say('ULIZ', 'start');
    const liz = as('ULIZ');
    await liz.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
    const list = await liz.choose('stuck');
    await liz.press('Describe it in a few words');
    await expect.poll(() => [...slack.model.modals.values()].some((m) => m.user === 'ULIZ')).toBe(true);
    expect(await people.submit('ULIZ', 'The adapter glows green')).toMatchObject({ status: 200 });
    const told = await liz.changed(list);
    expect(JSON.stringify(told.blocks)).toContain('told the help desk');
    await people.command('UKIM', 'desk');
    await expect.poll(() => said('UKIM')).toContain('Person ULIZ');
    await people.press('UKIM', 'Person ULIZ');
    await expect.poll(() => said('UKIM')).toContain('The adapter glows green');
    await liz.walk(flow, (title) => flow.steps.some((s) => s.secret && s.title === title));
    const secretList = await liz.choose('stuck');
    expect(choicesOf(secretList).map((c) => c.action.verb)).not.toContain('describe');
  });

  test('staff ask who is stuck by /ecadesk desk, open a story, and get a link to the console', async () => {
    await people.say('UJOE', 'start');
    const joe = as('UJOE');
    await joe.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
    await joe.choose('stuck');
    await joe.choose('human');
    await expect.poll(() => deskMessages().some((m) => m.text.includes('UJOE'))).toBe(true);
    await people.command('UKIM', 'desk');
    await expect.poll(() => said('UKIM')).toContain('Person UJOE');
    await people.press('UKIM', 'Person UJOE');
    await expect.poll(() => said('UKIM')).toContain('What happened so far');
    await people.command('UKIM', 'console');
    await expect.poll(() => said('UKIM')).toContain('https://bot.example/desk/sign-in?token=');
    await people.command('UJOE', 'desk');
    await expect.poll(() => said('UJOE')).toContain('for the help desk only');
  });

  test('who has got another name is called by it, once what Slack tells has been asked anew', async () => {
    await people.say('ULIZ', 'status');
    slack.model.addUser('ULIZ', { real_name: 'Liz Newname' });
    app.clock.now += 7 * 3_600_000;
    await expect
      .poll(async () => {
        await people.say('ULIZ', 'status');
        await people.command('UKIM', 'desk');
        return said('UKIM');
      })
      .toContain('Liz Newname');
  });

  test('the App Home shows employees where they are, and staff who is stuck', async () => {
    const home = (user: string) => JSON.stringify(slack.model.homes.get(user) ?? null);
    for (const user of ['UBEN', 'UKIM', 'UMIA'])
      await people.event({ type: 'app_home_opened', tab: 'home', user });
    await expect.poll(() => home('UBEN')).toContain('Show my step in our chat');
    expect(home('UBEN')).toMatch(/Step \d+ of \d+/);
    expect(home('UBEN')).not.toContain('Person UJOE');
    await expect.poll(() => home('UMIA')).toContain('Start');
    await expect.poll(() => home('UKIM')).toContain('Person UJOE');
    await people.pressAtHome('UKIM', 'Claim');
    await expect.poll(() => home('UKIM')).toContain('Person UKIM is on it');
  });

  test('a help-desk channel that takes no posts is told to staff, until it takes them again', async () => {
    const home = () => JSON.stringify(slack.model.homes.get('UKIM'));
    const openHome = () => people.event({ type: 'app_home_opened', tab: 'home', user: 'UKIM' });
    const callFor = async (user: string) => {
      await people.say(user, 'start');
      const person = as(user);
      await person.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
      await people.say(user, 'human');
    };
    slack.faults.order('chat.postMessage', { kind: 'error', code: 'not_in_channel' }, { channel: desk });
    await callFor('UEVE');
    await expect
      .poll(async () => {
        await openHome();
        return home();
      })
      .toContain('invite it with /invite');
    await people.command('UKIM', 'desk');
    await expect.poll(() => said('UKIM')).toContain('No posts reach the help-desk channel');
    await callFor('UNEW');
    await expect.poll(() => deskMessages().some((m) => m.text.includes('UNEW'))).toBe(true);
    await expect
      .poll(async () => {
        await openHome();
        return home();
      })
      .not.toContain('No posts reach');
  });

  test('no secret that is written, sent as a command or in a form, is logged or sent on', async () => {
    await people.say('UMIA', 'start');
    const mia = as('UMIA');
    await mia.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
    for (const text of secrets) {
      await people.say('UMIA', text);
      await people.command('UMIA', text);
      slack.model.modals.set(`V${text}`, { user: 'UMIA', view: describeForm });
      await people.submit('UMIA', text);
    }
    await app.sweep();
    // Short ones are found by chance in times and numbers.
    const telling = secrets.filter((text) => text.length > 5);
    expect(telling.filter((text) => app.log().includes(text))).toEqual([]);
    const outgoing = slack.calls.map((c) => JSON.stringify(c.args)).join('\n');
    expect(telling.filter((text) => outgoing.includes(text))).toEqual([]);
  });
});
