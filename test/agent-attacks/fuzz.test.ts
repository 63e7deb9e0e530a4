import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkLimits, seal } from '../../src/agent/protocol.ts';
import {
  codeFor,
  linkProperly,
  pairProperly,
  postPair,
  type RogueDevice,
  RogueLink,
  RoguePairing,
  type Target,
} from '../support/agent/rogue.ts';
import { type ServerProcess, startServerProcess } from '../support/agent/server-process.ts';
import { ChatClient } from '../support/chat-client.ts';

/** Noise against the server as a process of its own: no crash, no answer that is its fault, memory flat. */

const FUZZED = process.env.LONG === '1' ? 10_000 : 2_000;
const MB = 1024 * 1024;
let server: ServerProcess;
let target: Target;
let device: RogueDevice;
let pid: number;

beforeAll(async () => {
  // Each body comes from an address of its own: otherwise the rate limit would answer nearly all of them.
  server = await startServerProcess({ TRUST_PROXY: '1' });
  target = { address: server.address, now: () => Date.now() };
  pid = server.pid;
  const chat = new ChatClient(() => server.address, 'ana');
  await chat.open();
  device = await pairProperly(target, chat);
}, 600_000);
afterAll(() => server.end());

async function livesStill(): Promise<void> {
  expect((await fetch(`${server.address}/readyz`)).status).toBe(200);
  expect(server.pid).toBe(pid);
  (await linkProperly(target, device)).close();
}

/** A text with a few letters changed, dropped or doubled. */
function damaged(text: string, places: readonly [number, string][]): string {
  let now = text;
  for (const [at, put] of places) {
    const i = at % (now.length + 1);
    now = now.slice(0, i) + put + now.slice(i + (at % 3));
  }
  return now;
}
const places = fc.array(fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 3 })), {
  minLength: 1,
  maxLength: 4,
});

describe('the server under noise', () => {
  test(`${FUZZED} bodies of pairing: every answer is a refusal`, { timeout: FUZZED * 200 }, async () => {
    const rogue = new RoguePairing(target);
    const claim = {
      code: 'CDF3-4GHJ',
      publicKey: rogue.keys.publicKey,
      hostname: 'h',
      account: 'a',
      system: 's',
      at: Date.now(),
    };
    const whole = JSON.stringify({ stage: 'claim', signed: seal(rogue.keys.privateKey, 'claim', claim) });
    const body = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      places.map((all) => damaged(whole, all)),
      fc.tuple(fc.constantFrom('claim', 'agree', 'wait', 'leave'), fc.jsonValue()).map(([stage, value]) => {
        const purpose = stage === 'claim' ? 'claim' : 'wait';
        return JSON.stringify({ stage, signed: seal(rogue.keys.privateKey, purpose, value) });
      }),
      fc
        .record({ pairing: fc.oneof(fc.uuid(), fc.string()), nonce: fc.string(), at: fc.integer() })
        .map((value) =>
          JSON.stringify({ stage: 'wait', signed: seal(rogue.keys.privateKey, 'wait', value) }),
        ),
      fc.string({ unit: 'binary' }),
    );
    const bodies = fc.sample(body, FUZZED);
    const statuses = new Map<number, number>();
    let before = 0;
    for (let n = 0; n < bodies.length; n += 20) {
      if (n >= FUZZED / 4 && before === 0) before = await server.memory();
      const some = bodies.slice(n, n + 20);
      const answers = await Promise.all(
        some.map((one, i) => postPair(target, one, { 'x-forwarded-for': `10.0.${n % 250}.${i}` })),
      );
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()].filter((status) => status < 400 || status >= 500)).toEqual([]);
    expect((await server.memory()) - before).toBeLessThan(16 * MB);
    await livesStill();
  });

  test(`${FUZZED} frames of a stranger: each ends its link, none the server`, {
    timeout: FUZZED * 200,
  }, async () => {
    const hello = { device: device.device, answer: 'A'.repeat(22), nonce: 'A'.repeat(22), at: Date.now() };
    const whole = JSON.stringify({
      type: 'hello',
      signed: seal(device.keys.privateKey, 'agent-hello', hello),
    });
    const frame = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      places.map((all) => damaged(whole, all)),
      fc
        .jsonValue()
        .map((value) =>
          JSON.stringify({ type: 'hello', signed: seal(device.keys.privateKey, 'agent-hello', value) }),
        ),
      fc.string({ unit: 'binary' }),
    );
    const frames = fc.sample(frame, FUZZED);
    let before = 0;
    for (let n = 0; n < frames.length; n += 25) {
      if (n >= FUZZED / 4 && before === 0) before = await server.memory();
      await Promise.all(
        frames.slice(n, n + 25).map(async (one) => {
          const link = new RogueLink(target);
          await link.next('hello');
          link.say(one);
          expect(await link.next('welcome')).toBeNull();
        }),
      );
    }
    expect((await server.memory()) - before).toBeLessThan(16 * MB);
    await livesStill();
  });

  test(`${FUZZED} frames of a paired agent: a broken one ends its link, none the server`, {
    timeout: FUZZED * 400,
  }, async () => {
    const outcome = fc.oneof(
      fc.record({ status: fc.constant('done'), report: fc.jsonValue() }),
      fc.record({
        status: fc.constantFrom('failed', 'refused'),
        code: fc.string({ unit: 'binary', maxLength: 64 }),
        message: fc.string({ unit: 'binary', maxLength: 200 }),
      }),
      fc.jsonValue(),
    );
    const task = fc.oneof(fc.uuid(), fc.string());
    const frame = fc.oneof(
      fc.record({ type: fc.constant('result'), task, outcome, at: fc.integer() }),
      fc.record({ type: fc.constant('seen'), task, present: fc.boolean(), at: fc.integer() }),
      fc.record({ type: fc.constant('began'), task }),
      fc.record({ type: fc.constantFrom('hello', 'switch', 'shell'), on: fc.boolean() }),
      fc.jsonValue(),
    );
    const frames = fc.sample(frame, FUZZED);
    // A device may say 240 a minute; each in turn says some, so that all of the noise is listened to.
    const devices = await manyDevices(Math.ceil(FUZZED / (linkLimits.framesPerMinute * 0.9)));
    const links = new Map<number, RogueLink>();
    let before = 0;
    for (const [n, one] of frames.entries()) {
      const turn = n % devices.length;
      const known = links.get(turn);
      const own = devices[turn];
      if (!own) throw new Error('there is no device');
      const open =
        known && known.socket.readyState === known.socket.OPEN ? known : await linkProperly(target, own);
      links.set(turn, open);
      open.say(JSON.stringify(one));
      if (n >= FUZZED / 4 && before === 0) before = await server.memory();
    }
    for (const link of links.values()) link.close();
    await livesStill();
    expect((await server.memory()) - before).toBeLessThan(16 * MB);
  });
});

async function manyDevices(count: number): Promise<RogueDevice[]> {
  const all: RogueDevice[] = [];
  for (let n = 0; n < count; n += 1) {
    const chat = new ChatClient(() => server.address, `many-${n}`);
    await chat.open();
    all.push(await pairProperly(target, chat));
  }
  return all;
}

test('a code is good still after all that', async () => {
  const chat = new ChatClient(() => server.address, 'zoe');
  await chat.open();
  expect(await codeFor(chat)).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
});
