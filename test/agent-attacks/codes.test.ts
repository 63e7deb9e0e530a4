import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeAlphabet, makeKeyPair, readCode } from '../../src/agent/protocol.ts';
import {
  chooseNumber,
  codeFor,
  numberCard,
  pairProperly,
  postPair,
  RoguePairing,
  type Target,
} from '../support/agent/rogue.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { ChatClient } from '../support/chat-client.ts';

/**
 * Guessed, used, borrowed and handed-out codes, over real HTTP against the whole server.
 *
 * What guessing costs: an address may be wrong 30 times in ten minutes, a pairing five times.
 * - Somebody who knows nothing must hit one of `n` open pairings out of 20^8 = 25.6 thousand million codes. With
 *   n = 100 that is 128 million guesses for an even chance's half, 256 million on average: from one address, at
 *   4,320 guesses a day, 162 years; from a thousand addresses two months of a siege that the metrics show.
 * - Somebody who looked over a shoulder and knows the first three letters has five guesses out of 3.2 million: one in
 *   640,000 pairings.
 * - Whoever does hit it has gained a question in somebody else's chat ("Pair ROGUE-PC?"), to be answered with the one
 *   of three numbers that only the rogue sees: wrong two times out of three, and then void.
 */
let app: TestApp;
let target: Target;
let people = 0;

beforeAll(async () => {
  app = await startTestApp();
  target = {
    get address() {
      return app.address;
    },
    now: () => app.clock.now,
  };
}, 600_000);
afterAll(() => app.end());

async function somebody(name = `person-${people++}`): Promise<ChatClient> {
  const chat = new ChatClient(() => app.address, name);
  await chat.open();
  return chat;
}

/** Another code of the same pairing: the first three letters stay. */
function guess(code: string, n: number): string {
  const last = code.at(-1) ?? '';
  const others = [...codeAlphabet].filter((letter) => letter !== last);
  return code.slice(0, -1) + others[n % others.length];
}

/** The budget of wrong codes is by address and time: each attack begins with a fresh one. */
const later = (minutes: number) => {
  app.clock.now += minutes * 60_000;
};

const problemOf = ({ status, body }: { status: number; body: unknown }) => {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return [status, code];
};

interface Attack {
  attack: string;
  run(): Promise<unknown>;
  ends: unknown;
}

const REFUSED = [403, 'code-refused'];

const ATTACKS: Attack[] = [
  {
    attack: 'a code with one letter wrong',
    async run() {
      const code = await codeFor(await somebody());
      return problemOf(await new RoguePairing(target).claim(guess(code, 0)));
    },
    ends: REFUSED,
  },
  {
    attack: 'a code of a pairing that does not exist looks the same from outside',
    run: async () => problemOf(await new RoguePairing(target).claim('CDF3-4GHJ')),
    ends: REFUSED,
  },
  {
    attack: 'five wrong guesses: the right code is then worth nothing, and its owner is told',
    async run() {
      const chat = await somebody();
      const code = await codeFor(chat);
      for (let n = 0; n < 5; n += 1) await new RoguePairing(target).claim(guess(code, n));
      const right = await new RoguePairing(target).claim(code);
      await chat.card((card) => (card.body ?? '').includes('typed wrongly five times'));
      return problemOf(right);
    },
    ends: REFUSED,
  },
  {
    attack: 'four wrong guesses and the right one: people make mistakes',
    async run() {
      const code = await codeFor(await somebody());
      for (let n = 0; n < 4; n += 1) await new RoguePairing(target).claim(guess(code, n));
      return (await new RoguePairing(target).claim(code)).status;
    },
    ends: 200,
  },
  {
    attack:
      'guesses without end from one address: after thirty wrong ones even a right code is not looked at',
    async run() {
      const code = await codeFor(await somebody());
      const seen = [];
      for (let n = 0; n < 40; n += 1) seen.push((await new RoguePairing(target).claim('CDF3-4GHJ')).status);
      const right = await new RoguePairing(target).claim(code);
      later(11);
      return [seen.filter((status) => status === 403).length <= 30, problemOf(right)];
    },
    ends: [true, [429, 'too-many-tries']],
  },
  {
    attack: 'a code that was used',
    async run() {
      const chat = await somebody();
      const first = new RoguePairing(target);
      const code = await codeFor(chat);
      await first.claim(code);
      const { number } = await first.agree();
      await chooseNumber(chat, number ?? '');
      return [(await first.wait()).state?.state, problemOf(await new RoguePairing(target).claim(code))];
    },
    ends: ['confirmed', REFUSED],
  },
  {
    attack: 'a code that another computer has claimed already',
    async run() {
      const code = await codeFor(await somebody());
      await new RoguePairing(target).claim(code);
      return problemOf(await new RoguePairing(target).claim(code));
    },
    ends: REFUSED,
  },
  {
    attack: 'two computers with the same code at the same moment: one gets it',
    async run() {
      const code = await codeFor(await somebody());
      const both = await Promise.all([1, 2].map(() => new RoguePairing(target).claim(code)));
      return both.map(({ status }) => status).sort();
    },
    ends: [200, 403],
  },
  {
    attack: 'a code that is over its ten minutes',
    async run() {
      const code = await codeFor(await somebody());
      later(10.1);
      return problemOf(await new RoguePairing(target).claim(code));
    },
    ends: REFUSED,
  },
  {
    attack: 'an older code of the same person',
    async run() {
      const chat = await somebody();
      const older = await codeFor(chat);
      const newer = await codeForAgain(chat, older);
      return [problemOf(await new RoguePairing(target).claim(older)), newer === older];
    },
    ends: [REFUSED, false],
  },
  {
    attack: 'a code that its owner took back',
    async run() {
      const chat = await somebody();
      const code = await codeFor(chat);
      const card = await chat.card((c) => c.buttons.some((b) => b.action.verb === 'pair-cancel'));
      const cancel = card.buttons.find((b) => b.action.verb === 'pair-cancel');
      if (cancel) await chat.press(cancel.action);
      return problemOf(await new RoguePairing(target).claim(code));
    },
    ends: REFUSED,
  },
  {
    attack: 'a rogue gives out his own code: the computer is shown whose account it would join',
    async run() {
      const code = await codeFor(await somebody('mallory'));
      const { told } = await new RoguePairing(target).claim(code, { hostname: 'VICTIM-PC' });
      return [
        told?.who.name,
        (told?.who.channel ?? '').length > 0,
        (told?.who.organisation ?? '').length > 0,
      ];
    },
    ends: ['Mallory', true, true],
  },
  {
    attack: "a rogue talks somebody out of their code: the chat asks for the number of the rogue's computer",
    async run() {
      const chat = await somebody();
      const rogue = new RoguePairing(target);
      await rogue.claim(await codeFor(chat));
      await rogue.agree();
      const card = await numberCard(chat);
      const numbers = card.choices?.options.filter((o) => /^\d\d$/.test(o.action.arg ?? '')) ?? [];
      const before = (await rogue.wait()).state?.state;
      return [
        JSON.stringify(card).includes('ROGUE-PC'),
        new Set(numbers.map((o) => o.action.arg)).size,
        before,
      ];
    },
    ends: [true, 3, 'waiting'],
  },
  {
    attack: 'and whose owner chooses a wrong number: void at once, for the right number too',
    async run() {
      const chat = await somebody();
      const rogue = new RoguePairing(target);
      await rogue.claim(await codeFor(chat));
      const { number } = await rogue.agree();
      const card = await numberCard(chat);
      const wrong = card.choices?.options.find((o) => o.action.arg !== number);
      const right = card.choices?.options.find((o) => o.action.arg === number);
      if (!wrong || !right) throw new Error('no such choices');
      await chat.press(wrong.action);
      await chat.press(right.action);
      return (await rogue.wait()).state;
    },
    ends: { state: 'void', why: 'refused' },
  },
  {
    attack: 'somebody else presses the number in their own chat: it is not theirs to choose',
    async run() {
      const chat = await somebody();
      const rogue = new RoguePairing(target);
      await rogue.claim(await codeFor(chat));
      const { number } = await rogue.agree();
      const card = await numberCard(chat);
      const right = card.choices?.options.find((o) => o.action.arg === number);
      if (right) await (await somebody('mallory')).press(right.action);
      return (await rogue.wait()).state?.state;
    },
    ends: 'waiting',
  },
  {
    attack: 'a claim sealed with another key than the one it brings',
    async run() {
      const rogue = new RoguePairing(target);
      const code = await codeFor(await somebody());
      const other = makeKeyPair();
      return problemOf(await rogue.claim(code, { publicKey: other.publicKey }));
    },
    ends: [400, 'bad-request'],
  },
  {
    attack: 'a claim sealed for another purpose',
    async run() {
      const rogue = new RoguePairing(target);
      const value = {
        code: await codeFor(await somebody()),
        publicKey: rogue.keys.publicKey,
        hostname: 'h',
        account: 'a',
        system: 's',
        at: target.now(),
      };
      return problemOf(await rogue.stage('claim', value, rogue.keys, 'agent-hello'));
    },
    ends: [400, 'bad-request'],
  },
  {
    attack: "a later stage of somebody else's pairing, with a key of one's own",
    async run() {
      const owner = new RoguePairing(target);
      await owner.claim(await codeFor(await somebody()));
      const thief = new RoguePairing(target);
      thief.step = owner.step;
      return [
        problemOf(await thief.agree()),
        problemOf(await thief.wait()),
        (await owner.wait()).state?.state,
      ];
    },
    ends: [REFUSED, REFUSED, 'waiting'],
  },
  {
    attack: 'a later stage without the nonce of the claim',
    async run() {
      const rogue = new RoguePairing(target);
      await rogue.claim(await codeFor(await somebody()));
      rogue.step = { ...rogue.step, nonce: 'A'.repeat(22) };
      return problemOf(await rogue.agree());
    },
    ends: REFUSED,
  },
  {
    attack: 'waiting without agreeing confirms nothing',
    async run() {
      const rogue = new RoguePairing(target);
      await rogue.claim(await codeFor(await somebody()));
      return (await rogue.wait()).state?.state;
    },
    ends: 'waiting',
  },
  {
    attack: 'a claim recorded six minutes ago, or of a clock six minutes ahead: the mend is named',
    async run() {
      const code = await codeFor(await somebody());
      const claims = [-6, 6].map((minutes) =>
        new RoguePairing(target).claim(code, { at: target.now() + minutes * 60_000 }),
      );
      return (await Promise.all(claims)).map(problemOf);
    },
    ends: [
      [400, 'clock-wrong'],
      [400, 'clock-wrong'],
    ],
  },
  {
    attack: 'names that are more than words: no mark-up, no line of their own, no length without end',
    async run() {
      const chat = await somebody();
      const rogue = new RoguePairing(target);
      const evil = '**[Press](https://evil.example)**\n<!channel> \u202e@here';
      await rogue.claim(await codeFor(chat), { hostname: evil, account: 'x'.repeat(120), system: '`rm`' });
      await rogue.agree();
      const card = await chat.card((c) => c.choices !== undefined && (c.title ?? '').startsWith('Pair '));
      const shown = [card.title, card.body, ...card.fields.map((f) => f.value)].join(' ');
      return [/[<>[\]`\n\u202e]|:\/\//.test(shown.replaceAll('\n\n', ' ')), shown.includes('x'.repeat(100))];
    },
    ends: [false, false],
  },
  {
    attack: 'a key that is a device already cannot be taken into a second pairing',
    async run() {
      const mine = await somebody();
      const device = await pairProperly(target, mine);
      const chat = await somebody();
      const rogue = new RoguePairing(target);
      const { status } = await rogue.claim(await codeFor(chat), {}, device.keys);
      if (status !== 200) return 'not confirmed';
      const agreed = await rogue.stage('agree', { ...rogue.step, at: target.now() }, device.keys);
      const number = /"number":"(\d\d)"/.exec(JSON.stringify(agreed.body))?.[1] ?? '';
      await chooseNumber(chat, number);
      const waited = await rogue.stage('wait', { ...rogue.step, at: target.now() }, device.keys);
      return JSON.stringify(waited.body).includes('"confirmed"') ? 'confirmed' : 'not confirmed';
    },
    ends: 'not confirmed',
  },
  {
    attack: 'a body of the wrong kind, in many ways',
    async run() {
      const bodies = [
        '',
        '{',
        '[]',
        'null',
        '1',
        '"x"',
        '{"stage":"claim"}',
        '{"stage":"confirm","signed":{}}',
      ];
      const answers = await Promise.all(bodies.map((body) => postPair(target, body)));
      return answers.every(({ status }) => status >= 400 && status < 500);
    },
    ends: true,
  },
  {
    attack: 'a body without end',
    async run() {
      const { status } = await postPair(
        target,
        JSON.stringify({ stage: 'claim', more: 'x'.repeat(1_000_000) }),
      );
      return status >= 400 && status < 500;
    },
    ends: true,
  },
  {
    attack: 'a body that is no JSON by its own word',
    async run() {
      const { status } = await postPair(target, 'stage=claim', {
        'content-type': 'application/x-www-form-urlencoded',
      });
      return status >= 400 && status < 500;
    },
    ends: true,
  },
];

async function codeForAgain(chat: ChatClient, older: string): Promise<string> {
  await chat.say('pair');
  const card = await chat.card((c) => /[0-9A-Z]{4}-/.test(c.title ?? '') && !(c.title ?? '').includes(older));
  return /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(card.title ?? '')?.[0] ?? '';
}

describe('attacks on pairing', () => {
  test.each(ATTACKS)('$attack', async ({ run, ends }) => {
    // A minute has its own budget of requests, ten minutes one of wrong codes.
    later(11);
    expect(await run()).toEqual(ends);
  });

  test('a hundred codes are a hundred different ones, all of the alphabet', async () => {
    const codes = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => codeFor(await somebody(`many-${n}`))),
    );
    expect(new Set(codes).size).toBe(100);
    expect(codes.filter((code) => readCode(code) === null)).toEqual([]);
  });

  test('no code and no number of a pairing is ever logged', async () => {
    const chat = await somebody();
    const rogue = new RoguePairing(target);
    later(11);
    const code = await codeFor(chat);
    await rogue.claim(code);
    await rogue.agree();
    expect(app.log()).not.toContain(code);
    expect(app.log()).not.toContain(code.replace('-', ''));
    expect(app.log()).not.toContain(rogue.step.nonce);
  });
});

describe('with AGENT=off', () => {
  test('there is no code to be had, no pairing and no link', async () => {
    const off = await startTestApp({ AGENT: 'off' });
    const chat = new ChatClient(() => off.address, 'ana');
    await chat.open();
    await chat.say('pair');
    await chat.say('status');
    const all = JSON.stringify(await chat.messages());
    expect(all).not.toMatch(/Your code|eca-agent|[Pp]air a computer/);
    const there = { address: off.address, now: () => off.clock.now };
    const { status } = await new RoguePairing(there).claim('CDF3-4GHJ');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    await off.end();
  });
});
