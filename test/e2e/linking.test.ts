import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeAction } from '../../src/bot/action.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { overHttp, People } from '../support/slack/people.ts';
import { secret } from '../support/slack/rig.ts';
import { SlackServer } from '../support/slack/server.ts';
import { choicesOf, titleOf, Walker } from '../support/slack/walker.ts';
import { messageActivity, pressActivity, tenant } from '../support/teams/activities.ts';
import { ConnectorServer } from '../support/teams/connector-server.ts';

const flow = builtInFlow();

/** One ecadesk in Slack and in Teams at once: a person begins in the one and goes on in the other. */
let slack: SlackServer;
let teams: ConnectorServer;
let app: TestApp;
let people: People;
let activities = 0;

beforeAll(async () => {
  slack = await SlackServer.start();
  slack.model.addUser('UANA');
  slack.model.addChannel('CDESK', 'private', ['UBOT', 'UKIM']);
  slack.model.addUser('UKIM');
  teams = await ConnectorServer.start();
  app = await startTestApp({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: secret,
    SLACK_API_URL: slack.apiUrl,
    SLACK_HELPDESK_CHANNEL: 'CDESK',
    SLACK_CHANNEL_INTERVAL_MS: '0',
    SLACK_POSTS_PER_MINUTE: '100000',
    TEAMS_ANONYMOUS: '1',
    TEAMS_THREAD_PER_SECOND: '1000',
    TEAMS_TENANT_PER_SECOND: '10000',
  });
  slack.model.clock = () => app.clock.now;
  people = new People(
    slack,
    overHttp(`${app.address}/slack/events`, secret, () => app.clock.now),
  );
}, 120_000);
afterAll(async () => {
  await app?.end();
  await teams?.stop();
  await slack?.stop();
});

const chatOf = (person: string) => `a:${person}`;

async function post(person: string, change: Record<string, unknown>, press?: string): Promise<unknown> {
  const who = {
    id: `f:${++activities}`,
    from: { id: `29:${person}`, name: `${person} in Teams`, aadObjectId: person },
    conversation: { id: chatOf(person), conversationType: 'personal', tenantId: tenant },
    ...change,
  };
  const activity = press ? pressActivity(teams.url, press, who) : messageActivity(teams.url, who);
  const response = await fetch(`${app.address}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(activity),
  });
  expect(response.status).toBe(200);
  return response.json().catch(() => null);
}

const say = (person: string, text: string) => post(person, { text });

/** What was posted in somebody's chat, as last changed. */
function shown(person: string): { id: string; text: string }[] {
  return [...teams.messages]
    .filter(([id]) => teams.places.get(id) === chatOf(person))
    .map(([id, body]) => ({ id, text: JSON.stringify(body) }));
}

async function find(person: string, words: RegExp): Promise<{ id: string; text: string }> {
  const found = () => shown(person).findLast((m) => words.test(m.text));
  await expect.poll(() => (found() ? 'shown' : shown(person)), { timeout: 10_000 }).toBe('shown');
  return found() ?? { id: '', text: '' };
}

const inSlack = (user: string) =>
  slack.model
    .direct(user)
    .messages.map((m) => `${m.text} ${JSON.stringify(m.blocks)}`)
    .join('\n');

async function codeFor(user: string): Promise<string> {
  await people.say(user, 'link');
  const code = /link ([B-Z]{4}-[B-Z]{4})/;
  await expect.poll(() => inSlack(user), { timeout: 10_000 }).toMatch(code);
  return code.exec(inSlack(user))?.[1] ?? '';
}

function yesOf(text: string): string {
  const link = /link-yes\|([0-9a-f-]{36})/.exec(text)?.[1];
  if (!link) throw new Error('no question');
  return encodeAction({ verb: 'link-yes', about: link });
}

test('a person begins in Slack, links, and goes on in Teams with the one journey', async () => {
  await people.say('UANA', 'start');
  const ana = new Walker(slack, people, 'UANA');
  const first = await ana.card((c) => choicesOf(c).some((b) => b.action.verb === 'stuck'));
  const titles = await ana.walk(flow, (title) => title === flow.steps[2]?.title);
  expect(titles.length).toBeGreaterThan(1);
  expect(titleOf(first)).toBe(flow.steps[0]?.title);

  await say('ana', `link ${await codeFor('UANA')}`);
  const question = await find('ana', /Link to Person UANA in Slack, workspace Team\?/);
  await expect
    .poll(() => inSlack('UANA'), { timeout: 10_000 })
    .toContain(`Microsoft Teams, organisation ${tenant}`);
  const answer = await post('ana', { replyToId: question.id }, yesOf(question.text));
  expect(JSON.stringify(answer)).toContain('Now say yes in Slack, workspace Team too');
  await people.press('UANA', 'Yes, that is me');
  await expect.poll(() => inSlack('UANA'), { timeout: 10_000 }).toContain('Linked');

  // Where she spoke last is a matter of time, and this clock stands still by itself.
  app.clock.now += 60_000;
  await say('ana', 'status');
  const step = flow.steps[2];
  const card = await find('ana', new RegExp(`"${step?.title}"`));
  const onward = step?.answers.find((a) => !a.problem && !a.wait)?.id;
  const action = new RegExp(onward ? `answer\\|[^"]*\\|${onward}(?=")` : 'done\\|[^"]*').exec(card.text)?.[0];
  await post('ana', { replyToId: card.id }, action ?? '');
  await find('ana', new RegExp(`✓ Step \\d+ · ${step?.title}`));

  // It speaks where she spoke last: the reminder comes in Teams, and not in Slack.
  const before = inSlack('UANA');
  // A day later: within working hours in either chat's zone.
  app.clock.now += 24 * 60 * 60_000;
  await app.sweep();
  await find('ana', /Shall we go on\?/);
  expect(inSlack('UANA')).toBe(before);

  // And Slack shows the same place when she asks there.
  const there = /"Step \d+ of \d+[^"]*"[\s\S]*?"text":"([^"]+)","wrap":true,"size":"large"/.exec(
    (await find('ana', /Shall we go on\?/)).text,
  )?.[1];
  expect(there).toBeTruthy();
  await people.say('UANA', 'status');
  await expect
    .poll(() => titleOf(slack.model.direct('UANA').messages.findLast((m) => titleOf(m) !== '') ?? first))
    .toBe(there);
  expect(app.log()).not.toMatch(/[B-Z]{4}-[B-Z]{4}/);
}, 60_000);

test('a hostile guesser is shut out, and the help desk’s rights stay with the identity that has them', async () => {
  await people.say('UKIM', 'start');
  const code = await codeFor('UKIM');
  for (let i = 0; i < 5; i++) await say('mallory', `link ZZZZ-ZZZ${'BCDFG'[i]}`);
  await find('mallory', /I know no such code/);
  await say('mallory', `link ${code}`);
  await find('mallory', /too many wrong codes/);
  expect(inSlack('UKIM')).not.toContain('Link to mallory');

  await say('kim', `link ${code}`);
  const question = await find('kim', /Link to Person UKIM/);
  await post('kim', { replyToId: question.id }, yesOf(question.text));
  await expect.poll(() => inSlack('UKIM'), { timeout: 10_000 }).toContain('Link to kim in Teams');
  await people.press('UKIM', 'Yes, that is me');
  await expect.poll(() => inSlack('UKIM'), { timeout: 10_000 }).toContain('Linked');
  await say('kim', 'desk');
  await find('kim', /for the help desk only/);
}, 60_000);
