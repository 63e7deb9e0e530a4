import { randomBytes, randomInt } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createSlack, SlackSetupError } from '../../../src/bot/slack/index.ts';
import { signature } from '../../support/slack/people.ts';
import { type Rig, secret, startRig } from '../../support/slack/rig.ts';

let rig: Rig;
afterEach(() => rig.stop());

interface Request {
  body: string | Buffer;
  type?: string;
  secret?: string;
  /** Seconds from now. */
  shift?: number;
  headers?: Record<string, string>;
}

async function post({
  body,
  type = 'application/json',
  secret: with_ = secret,
  shift = 0,
  headers,
}: Request) {
  const timestamp = String(Math.floor(Date.now() / 1000) + shift);
  const response = await fetch(rig.url, {
    method: 'POST',
    body,
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature(with_, timestamp, String(body)),
      ...headers,
    },
  });
  return { status: response.status, text: await response.text() };
}

const event = (text = 'status') =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T1',
    event_id: 'Ev1',
    event: { type: 'message', channel_type: 'im', channel: 'DU1', user: 'U1', text, ts: '1.1' },
  });

describe('a request to /slack/events', () => {
  test('that Slack signed just now is taken', async () => {
    rig = await startRig();
    expect(await post({ body: event() })).toEqual({ status: 200, text: '' });
    expect(rig.received).toHaveLength(1);
  });

  test.each<[string, Partial<Request>]>([
    ['unsigned', { headers: { 'x-slack-signature': '' } }],
    ['signed with another secret', { secret: 'not-the-secret' }],
    ['signed for another body', { headers: { 'x-slack-signature': signature(secret, '1', 'else') } }],
    ['six minutes old', { shift: -360 }],
    ['six minutes in the future', { shift: 360 }],
    ['with a time that is no number', { headers: { 'x-slack-request-timestamp': 'now' } }],
  ])('%s is refused without a word, and reaches nobody', async (_, request) => {
    rig = await startRig();
    expect(await post({ body: event(), ...request })).toEqual({ status: 401, text: '' });
    expect(rig.received).toEqual([]);
  });

  test.each([-290, 290])('%i seconds from now is taken', async (shift) => {
    rig = await startRig();
    expect((await post({ body: event(), shift })).status).toBe(200);
  });

  test('that checks the certificate is answered unsigned, and carries nothing in', async () => {
    rig = await startRig();
    const body = new URLSearchParams({
      ssl_check: '1',
      token: 't',
      payload: event(),
      command: '/ecadesk',
      text: 'done',
    });
    const response = await fetch(rig.url, { method: 'POST', body });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(rig.received).toEqual([]);
  });

  test('that verifies the address gets its challenge back, if it is signed', async () => {
    rig = await startRig();
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c-123', token: 't' });
    expect(JSON.parse((await post({ body })).text)).toEqual({ challenge: 'c-123' });
    expect((await post({ body, secret: 'wrong' })).status).toBe(401);
  });

  test.each([
    ['JSON null', 'null', 'application/json'],
    ['null in a payload', 'payload=null', 'application/x-www-form-urlencoded'],
    ['a number', '5', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['no JSON', '{', 'application/json'],
    ['nothing', '', 'application/json'],
    [
      'an event without its id',
      JSON.stringify({ type: 'event_callback', team_id: 'T1', event: { type: 'message' } }),
      'application/json',
    ],
    [
      'an event whose channel is null',
      JSON.stringify({
        type: 'event_callback',
        team_id: 'T1',
        event_id: 'E',
        event: { type: 'message', channel: null, item: null },
      }),
      'application/json',
    ],
    [
      'a press without actions',
      `payload=${JSON.stringify({ type: 'block_actions', user: { id: 'U1' } })}`,
      'application/x-www-form-urlencoded',
    ],
  ])('signed, with %s as its body, is answered 400', async (_, body, type) => {
    rig = await startRig();
    expect(await post({ body, type })).toEqual({ status: 400, text: '' });
    expect(rig.received).toEqual([]);
  });

  test('about something this bot does not listen to is acknowledged, so that Slack does not repeat it', async () => {
    rig = await startRig();
    const body = JSON.stringify({
      type: 'event_callback',
      team_id: 'T1',
      event_id: 'E',
      event: { type: 'reaction_added', item: null },
    });
    expect((await post({ body })).status).toBe(200);
    expect(rig.received).toEqual([]);
  });

  test('of another workspace is acknowledged and dropped', async () => {
    rig = await startRig();
    expect((await post({ body: event().replace('"T1"', '"T2"') })).status).toBe(200);
    expect(rig.received).toEqual([]);
  });

  test('that is too large is refused', async () => {
    rig = await startRig();
    expect((await post({ body: event('x'.repeat(1_100_000)) })).status).toBe(413);
  });

  test('whatever its body is, gets a definite answer without detail, and the process stays as it was', async () => {
    rig = await startRig();
    const runs = process.env.LONG ? 10_000 : 2_000;
    const bodies = fc.sample(anyBody, { numRuns: runs, seed: randomInt(1e9) });
    await inTurn(bodies.slice(0, 300));
    const before = heapInUse();
    await inTurn(bodies.slice(300));
    // What the rig keeps for the test is no part of the service.
    rig.received.length = 0;
    rig.logged.length = 0;
    expect(heapInUse() - before).toBeLessThan(15 * 1024 * 1024);
    expect((await post({ body: event() })).status).toBe(200);
  }, 180_000);
});

/** Bytes that are still referred to. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

async function inTurn(requests: Request[]): Promise<void> {
  for (let i = 0; i < requests.length; i += 20) {
    const answers = await Promise.all(requests.slice(i, i + 20).map((request) => post(request)));
    for (const [n, { status, text }] of answers.entries()) {
      const told = JSON.stringify(requests[i + n]).slice(0, 2000);
      expect([200, 400, 401, 413], told).toContain(status);
      expect(text, told).not.toMatch(/error|Error|stack|\bat \//);
    }
  }
}

const kinds = [
  'event_callback',
  'block_actions',
  'view_submission',
  'shortcut',
  'url_verification',
  'dialog_submission',
  'message_action',
  'view_closed',
  '',
];
const keys = [
  'type',
  'event',
  'event_id',
  'team_id',
  'user',
  'team',
  'channel',
  'actions',
  'view',
  'command',
  'item',
  'container',
  'state',
  'name',
  'authorizations',
  'response_url',
  'trigger_id',
  'callback_id',
  'id',
  'ts',
  'bot_id',
  '__proto__',
  'is_enterprise_install',
  'function_data',
  'channel_id',
  'ssl_check',
];
const { body: anyObject } = fc.letrec<{ body: unknown }>((tie) => ({
  body: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, 0, '', 'message', 'T1', 'U1', 'DU1', '1.1', ...kinds),
    fc.string(),
    fc.array(tie('body'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('body'), { maxKeys: 8 }),
  ),
}));
const nearEvent = fc.record({
  type: fc.constantFrom(...kinds),
  team_id: fc.constant('T1'),
  event_id: fc.string({ minLength: 1 }),
  event: anyObject,
  user: anyObject,
  team: anyObject,
  actions: anyObject,
  view: anyObject,
  container: anyObject,
});
const forms = 'application/x-www-form-urlencoded';
const anyBody: fc.Arbitrary<Request> = fc.oneof(
  fc.oneof(anyObject, nearEvent).map((body) => ({ body: JSON.stringify(body) })),
  fc.oneof(anyObject, nearEvent).map((body) => ({
    body: new URLSearchParams({ payload: JSON.stringify(body) }).toString(),
    type: forms,
  })),
  fc
    .dictionary(fc.constantFrom(...keys, 'text', 'user_id'), fc.string())
    .map((form) => ({ body: new URLSearchParams(form).toString(), type: forms })),
  fc.string({ unit: 'binary' }).map((body) => ({ body: body.toWellFormed() })),
  fc
    .integer({ min: 0, max: 400 })
    .map((n) => ({ body: randomBytes(n).toString('base64'), type: 'text/plain' })),
  nearEvent.map((body) => ({ body: JSON.stringify(body), secret: 'wrong' })),
);

describe('the set-up', () => {
  test('an empty signing secret is refused: anybody could sign with it', async () => {
    rig = await startRig();
    const settings = {
      botToken: 'xoxb-1',
      signingSecret: '',
      appToken: null,
      apiUrl: null,
      helpDeskChannel: null,
    };
    const parts = {
      receive: async () => 'received' as const,
      home: async () => [],
      clock: () => new Date(),
      pictures: { address: () => null, read: async () => Buffer.alloc(0) },
      keep: { get: async () => null, set: async () => {} },
      log: { info() {}, warn() {}, error() {} },
    };
    expect(() => createSlack({ ...parts, settings })).toThrow(SlackSetupError);
    expect(() => createSlack({ ...parts, settings: { ...settings, signingSecret: ' ' } })).toThrow(
      /SLACK_SIGNING_SECRET is empty/,
    );
  });

  test('a token that Slack refuses stops the start with what to do', async () => {
    rig = await startRig({ start: false, settings: { botToken: 'xoxb-revoked' } });
    await expect(rig.bot.channel.start?.()).rejects.toThrow(
      /SLACK_BOT_TOKEN is refused by Slack \(invalid_auth\)/,
    );
  });

  test('a Slack that is away does not stop the start', async () => {
    rig = await startRig({
      start: false,
      prepare: (slack) => slack.faults.order('auth.test', { kind: 'cut-before' }),
    });
    await rig.bot.channel.start?.();
    expect(await rig.people.say('U1', 'status')).toMatchObject({ status: 200 });
  });
});
