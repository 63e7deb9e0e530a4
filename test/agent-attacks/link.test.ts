import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type AgentHello, command, linkLimits, makeKeyPair, seal } from '../../src/agent/protocol.ts';
import { type Lab, startLab } from '../support/agent/lab.ts';
import {
  helloFor,
  linkProperly,
  makeNonce,
  nextCommand,
  type RogueDevice,
  RogueLink,
} from '../support/agent/rogue.ts';
import type { ChatClient } from '../support/chat-client.ts';

/** Whoever has not the device's key, or says anything but the greeting, is not welcomed and not told why. */

let lab: Lab;
let device: RogueDevice;
let chat: ChatClient;

beforeAll(async () => {
  lab = await startLab();
  ({ chat, device } = await lab.paired());
}, 600_000);
afterAll(() => lab.app.end());

/** How a greeting ends: "welcome", or the frames that came instead. */
async function greet(answer: (link: RogueLink) => Promise<unknown>): Promise<string> {
  const link = new RogueLink(lab);
  await link.opened;
  link.say(await answer(link));
  const welcome = link.next('welcome').then((frame) => (frame ? 'welcome' : 'closed'));
  const outcome = await welcome;
  const told = link.frames.map(({ type }) => type).filter((type) => type !== 'hello');
  link.close();
  return [outcome, ...told].join(' ');
}

const hello = (
  over: Partial<AgentHello> = {},
  keys = device.keys,
  purpose: 'agent-hello' | 'claim' = 'agent-hello',
) =>
  greet(async (link) => ({
    type: 'hello',
    signed: seal(keys.privateKey, purpose, await helloFor(link, lab, device, over)),
  }));

const minutes = (n: number) => ({ at: lab.now() + n * 60_000 });

const GREETINGS: { attack: string; run(): Promise<string>; ends: string }[] = [
  { attack: 'none: the greeting as it should be', run: () => hello(), ends: 'welcome command' },
  {
    attack: 'a stolen device id without its key',
    run: () => hello({}, makeKeyPair()),
    ends: 'closed',
  },
  { attack: 'a device that nobody paired', run: () => hello({ device: randomUUID() }), ends: 'closed' },
  { attack: "an answer to another link's nonce", run: () => hello({ answer: makeNonce() }), ends: 'closed' },
  {
    attack: 'a hello that was said before, word for word',
    async run() {
      const first = new RogueLink(lab);
      const said = await helloFor(first, lab, device);
      const frame = { type: 'hello', signed: seal(device.keys.privateKey, 'agent-hello', said) };
      first.say(frame);
      await first.next('welcome');
      first.close();
      return greet(async (link) => {
        await link.next('hello');
        return frame;
      });
    },
    ends: 'closed',
  },
  {
    attack: 'a hello sealed for another purpose',
    run: () => hello({}, device.keys, 'claim'),
    ends: 'closed',
  },
  {
    attack: 'a hello changed after it was sealed',
    run: () =>
      greet(async (link) => {
        const signed = seal(device.keys.privateKey, 'agent-hello', await helloFor(link, lab, device));
        return { type: 'hello', signed: { ...signed, body: signed.body.replace('"on":true', '"on":false') } };
      }),
    ends: 'closed',
  },
  {
    attack: "an agent that has pinned another server's key",
    run: () => hello({ serverKey: makeKeyPair().publicKey }),
    ends: 'closed',
  },
  {
    attack: 'a clock six minutes slow: it is told the time',
    run: () => hello(minutes(-6)),
    ends: 'closed clock-wrong',
  },
  {
    attack: 'a clock six minutes fast: it is told the time',
    run: () => hello(minutes(6)),
    ends: 'closed clock-wrong',
  },
  {
    attack: 'a result before the greeting',
    run: () =>
      greet(async () => ({
        type: 'result',
        task: randomUUID(),
        outcome: { status: 'declined' },
        at: lab.now(),
      })),
    ends: 'closed',
  },
  { attack: 'text that is no JSON', run: () => greet(async () => '{'), ends: 'closed' },
  { attack: 'JSON that is no frame', run: () => greet(async () => '{"type":"shell"}'), ends: 'closed' },
  {
    attack: 'a frame beyond the limit',
    run: () => greet(async () => 'x'.repeat(linkLimits.frame + 1)),
    ends: 'closed',
  },
  {
    attack: 'binary',
    async run() {
      const link = new RogueLink(lab);
      await link.next('hello');
      link.socket.send(Buffer.from([0, 1, 2, 3]), { binary: true });
      return (await link.next('welcome')) === null ? 'closed' : 'welcome';
    },
    ends: 'closed',
  },
];

describe('attacks on the greeting', () => {
  test.each(GREETINGS)('$attack', async ({ run, ends }) => {
    // What comes of it besides, such as a command to a welcomed one, is of no interest here.
    const told = await run();
    expect(told.split(' ')[0]).toBe(ends.split(' ')[0]);
    if (ends !== 'welcome command') expect(told).toBe(ends);
  });

  test('who never answers is sent away in time', async () => {
    const start = performance.now();
    const slow = new RogueLink(lab);
    await slow.next('hello');
    await slow.closed;
    expect(performance.now() - start).toBeGreaterThan(linkLimits.greeting / 2);
  });

  test('a letter now and then is no answer either: a slow greeting does not hold a link', async () => {
    const slow = new RogueLink(lab);
    await slow.next('hello');
    const drip = setInterval(() => slow.socket.ping('x', undefined, () => {}), 500);
    await slow.closed;
    clearInterval(drip);
  });

  test('a handshake that is never finished is cut by the server', async () => {
    const { port } = new URL(lab.address);
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /agent/link HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  });

  test('an upgrade anywhere else is none', async () => {
    const codes = await Promise.all(
      ['/', '/agent/pair', '/agent/link/more', '/chat', '/desk', '//agent/link'].map(
        (path) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(`${lab.address.replace('http', 'ws')}${path}`);
            socket.once('open', () => resolve(`${path} opened`));
            socket.once('error', () => resolve('refused'));
          }),
      ),
    );
    expect(new Set(codes)).toEqual(new Set(['refused']));
  });

  test('a device that was unpaired in the chat is told so on its link, and is not welcomed again', async () => {
    const { chat: owner, device: lost } = await lab.paired();
    const link = await linkProperly(lab, lost);
    await owner.say('pair');
    const card = await owner.card((c) => c.buttons.some((b) => b.action.verb === 'unpair'));
    const press = card.buttons.find((b) => b.action.verb === 'unpair');
    if (press) await owner.press(press.action);
    expect(await link.next('goodbye')).not.toBeNull();
    await link.closed;
    const again = new RogueLink(lab);
    const said = await helloFor(again, lab, lost);
    again.say({ type: 'hello', signed: seal(lost.keys.privateKey, 'agent-hello', said) });
    expect(await again.next('welcome')).toBeNull();
  });

  test("nobody unpairs another person's computer from their own chat", async () => {
    const { chat: owner, device: theirs } = await lab.paired();
    const link = await linkProperly(lab, theirs);
    await owner.say('pair');
    const card = await owner.card((c) => c.buttons.some((b) => b.action.verb === 'unpair'));
    const press = card.buttons.find((b) => b.action.verb === 'unpair');
    if (press) await chat.press(press.action);
    link.close();
    await (await linkProperly(lab, theirs)).close();
  });
});

describe('what the server says can be told from what others say', () => {
  test('every command is sealed for this device alone: sequence above the last, nonce new, time limited', async () => {
    const { device: own } = await lab.paired();
    const link = await linkProperly(lab, own);
    const first = await nextCommand(link, own);
    const second = await nextCommand(link, own);
    const third = await nextCommand(link, own);
    const all = [first, second, third].map((one) => one.command);
    expect(all.map((one) => one.device)).toEqual(all.map(() => own.device));
    expect(all.map((one) => one.sequence)).toEqual(all.map((one) => one.sequence).toSorted((a, b) => a - b));
    expect(new Set(all.map((one) => one.sequence)).size).toBe(3);
    expect(new Set(all.map((one) => one.nonce)).size).toBe(3);
    expect(all.every((one) => one.expiresAt > lab.now() && command.safeParse(one).success)).toBe(true);
    link.close();
    // Over a new link what is not over comes again, under its own name with a sequence of its own.
    const again = await linkProperly(lab, own);
    const repeated = await nextCommand(again, own, (one) => all.some((old) => old.task === one.task));
    expect(repeated.command.sequence).toBeGreaterThan(Math.max(...all.map((one) => one.sequence)));
    expect(all.map((one) => one.nonce)).not.toContain(repeated.command.nonce);
    again.close();
  });

  test('of two links of one device the newer one holds', async () => {
    const { device: own } = await lab.paired();
    const older = await linkProperly(lab, own);
    const newer = await linkProperly(lab, own);
    expect(await older.next('goodbye')).not.toBeNull();
    await older.closed;
    expect(newer.socket.readyState).toBe(WebSocket.OPEN);
    newer.close();
  });
});

describe('who says too much', () => {
  test('a flood of frames is cut off, and the others are served meanwhile', async () => {
    const { device: own } = await lab.paired();
    const { device: other } = await lab.paired();
    const link = await linkProperly(lab, own);
    for (let n = 0; n < linkLimits.framesPerMinute * 4; n += 1)
      link.say({ type: 'began', task: randomUUID() });
    const quiet = await linkProperly(lab, other);
    expect(await link.next('goodbye')).not.toBeNull();
    await link.closed;
    expect(quiet.socket.readyState).toBe(WebSocket.OPEN);
    quiet.close();
  });

  test('a frame beyond the limit ends the link, and only this one', async () => {
    const { device: own } = await lab.paired();
    const link = await linkProperly(lab, own);
    link.say(JSON.stringify({ type: 'began', task: 'x'.repeat(linkLimits.frame) }));
    await link.closed;
    expect((await fetch(`${lab.address}/healthz`)).status).toBe(200);
  });
});

test('nothing of all this was an error of the server', () => {
  const errors = lab.app
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":50') || line.includes('"level":60'));
  expect(errors).toEqual([]);
});
