import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkLimits, type Outcome } from '../../src/agent/protocol.ts';
import type { JourneyState } from '../../src/flows/state.ts';
import { type Lab, startLab } from '../support/agent/lab.ts';
import {
  linkProperly,
  nextCommand,
  pairProperly,
  type RogueDevice,
  type RogueLink,
} from '../support/agent/rogue.ts';
import { tokenReport } from '../support/agent/token-report.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import type { ChatClient } from '../support/chat-client.ts';
import { makeTestCa, POLICY, type TestCa } from '../support/token/test-ca.ts';
import { button, walk } from '../support/walk.ts';

/** A paired agent that lies: it can spoil its own person's journey, nobody else's, and no forgery passes for a proof. */

const flow = builtInFlow();
const certificateStep = flow.steps.find((step) => step.evidence.includes('certificate'));
const inYears = (years: number, lab: Lab) => new Date(lab.now() + years * 365 * 86_400_000);

let lab: Lab;
let eca: TestCa;
let forged: TestCa;
let ana: Person;
let bob: Person;

interface Person {
  chat: ChatClient;
  device: RogueDevice;
  link: RogueLink;
  journey: string;
}

async function linkedPerson(atCertificate: boolean): Promise<Person> {
  const chat = await lab.person();
  await chat.press(button(await chat.card(), 'start'));
  if (atCertificate) await walk(flow, chat, (card) => card.title === certificateStep?.title);
  const card = await chat.card((c) => c.progress !== undefined);
  const journey = card.buttons.find((b) => b.action.about)?.action.about ?? '';
  const device = await pairProperly(lab, chat);
  return { chat, device, journey, link: await linkProperly(lab, device) };
}

async function stateOf({ journey }: Person): Promise<JourneyState> {
  const { state } = await lab.app.happen(journey, { type: 'show' }, { kind: 'staff' });
  if (!state) throw new Error('there is no such journey');
  return state;
}

/** Says how a task ended, and waits until the server has it. */
async function tell({ link }: Person, task: string, outcome: Outcome): Promise<void> {
  link.say({ type: 'result', task, outcome, at: lab.now() });
  for (;;) {
    const taken = await link.next('taken');
    if (!taken) throw new Error(`the link was closed with ${await link.closed}`);
    if (taken.task === task) return;
  }
}

/** The person asks their computer to look; gives the task that it was asked. */
async function askForLook(person: Person): Promise<string> {
  const { chat } = person;
  // Two presses of one button in one moment count once.
  lab.later(1);
  const shown = await chat.card((c) => has(c, 'check') || has(c, 'to-step'));
  if (has(shown, 'to-step')) await chat.press(button(shown, 'to-step'));
  await chat.press(button(await chat.card((c) => has(c, 'check')), 'check'));
  const wanted = (action: string) => action === 'token.inspect';
  return (await nextCommand(person.link, person.device, ({ action }) => wanted(action))).command.task;
}
const has = (card: { buttons: { action: { verb: string } }[] }, verb: string) =>
  card.buttons.some((b) => b.action.verb === verb);

beforeAll(async () => {
  [eca, forged] = await Promise.all([makeTestCa(), makeTestCa()]);
  const bundle = join(mkdtempSync(join(tmpdir(), 'ecadesk-trust-')), 'bundle.pem');
  writeFileSync(bundle, eca.bundle);
  lab = await startLab({ ECA_TRUST_BUNDLE: bundle, ECA_ROOTS: eca.rootPin });
  ana = await linkedPerson(true);
}, 600_000);
afterAll(() => lab.app.end());

describe('certificates that are not what they seem', () => {
  type Make = () => Promise<readonly Uint8Array[]>;
  const changed = async () => {
    const der = Uint8Array.from(await eca.issue());
    der.set(Buffer.from('Loveless'), Buffer.from(der).indexOf('Lovelace'));
    return [der];
  };
  const raw = ({ rawData }: { rawData: ArrayBuffer }) => new Uint8Array(rawData);
  const ended = () => eca.issue({ notBefore: inYears(-2, lab), notAfter: inYears(-1, lab) });
  const longer = async () => [Buffer.concat([await eca.issue(), Buffer.from([0])])];
  const FORGERIES: { what: string; make: Make }[] = [
    { what: 'none at all', make: async () => [] },
    {
      what: 'one of a CA of the right name under a root of the right name',
      make: async () => [await forged.issue()],
    },
    {
      what: 'that one with the forged CA and root beside it',
      make: async () => [await forged.issue(), raw(forged.ca), raw(forged.root)],
    },
    { what: 'a self-signed one with the right names', make: async () => [raw(forged.root)] },
    { what: "the real CA's own certificate", make: async () => [raw(eca.ca)] },
    { what: 'the software product', make: async () => [await eca.issue({ policies: [POLICY.software] })] },
    { what: 'a device certificate', make: async () => [await eca.issue({ policies: [POLICY.device] })] },
    { what: 'one without a policy', make: async () => [await eca.issue({ policies: [] })] },
    { what: 'the encryption certificate only', make: async () => [await eca.issue({ usage: 'encryption' })] },
    { what: 'one that has ended', make: async () => [await ended()] },
    { what: 'one that has not begun', make: async () => [await eca.issue({ notBefore: inYears(1, lab) })] },
    { what: 'a real one with another name written in', make: changed },
    { what: 'a real one with bytes behind it', make: longer },
    { what: 'noise', make: async () => [new Uint8Array(500).fill(0x30)] },
  ];

  test.each(FORGERIES)('$what: nothing is proven', async ({ make }) => {
    const task = await askForLook(ana);
    await tell(ana, task, { status: 'done', report: tokenReport(...(await make())) });
    const state = await stateOf(ana);
    expect([state.step, state.evidence.certificate]).toEqual([certificateStep?.id, undefined]);
    expect(JSON.stringify(await ana.chat.card())).not.toContain('Is this you');
  });

  const done = (report: unknown): Outcome => ({ status: 'done', report });
  const CLAIMS: { what: string; outcome: Outcome }[] = [
    { what: 'a verdict instead of a certificate', outcome: done({ verdict: 'confirmed' }) },
    { what: 'a report of another action', outcome: done({ present: true, version: '0.26.1' }) },
    { what: 'a report that is too long', outcome: done({ ...tokenReport(), more: 'x'.repeat(530_000) }) },
    { what: 'a report that is nothing', outcome: done(null) },
    {
      what: 'words in the failure',
      outcome: { status: 'failed', code: 'confirmed', message: '**confirmed** \u0000 \ud800' },
    },
  ];
  test.each(CLAIMS)('$what: nothing is proven', async ({ outcome }) => {
    const task = await askForLook(ana);
    await tell(ana, task, outcome);
    const state = await stateOf(ana);
    expect([state.step, state.evidence.certificate]).toEqual([certificateStep?.id, undefined]);
  });

  test('a report nested a hundred thousand deep ends its task, and nothing else', async () => {
    const task = await askForLook(ana);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const frame = JSON.stringify({ type: 'result', task, outcome: { status: 'done', report: 0 }, at: 1 });
    ana.link.say(frame.replace('"report":0', `"report":${deep}`));
    expect((await ana.link.next('taken'))?.task).toBe(task);
    expect((await stateOf(ana)).evidence.certificate).toBeUndefined();
  });

  test('the right one is proven, and even then its person has to say that it is theirs', async () => {
    const task = await askForLook(ana);
    const outcome = { status: 'done' as const, report: tokenReport(await eca.issue()) };
    await tell(ana, task, outcome);
    const state = await stateOf(ana);
    expect([state.step, typeof state.evidence.certificate]).toEqual([certificateStep?.id, 'number']);
    const card = await ana.chat.card((c) => c.choices?.prompt.includes('Lovelace') === true);
    expect(card.choices?.prompt).toContain('Is this you');
    // Said again later, it proves nothing anew.
    lab.later(1);
    await tell(ana, task, outcome);
    expect((await stateOf(ana)).evidence.certificate).toBe(state.evidence.certificate);
  });
});

describe("another person's journey", () => {
  beforeAll(async () => {
    bob = await linkedPerson(false);
  });

  test("is not moved by a result for that person's task, however true it sounds", async () => {
    const wanted = ({ action }: { action: string }) => action === 'system.inspect';
    const { command } = await nextCommand(bob.link, bob.device, wanted);
    const before = await stateOf(bob);
    const report = { platform: 'win32', name: 'Windows 11', arch: 'x64', hostname: 'PC', bootedAt: 1 };
    const outcome: Outcome = { status: 'done', report };
    ana.link.say({ type: 'began', task: command.task });
    ana.link.say({ type: 'result', task: command.task, outcome, at: lab.now() });
    // What one link says is dealt with in order: once this is taken, so was the other.
    await tell(ana, randomUUID(), { status: 'declined' });
    expect(await stateOf(bob)).toEqual(before);
    await tell(bob, command.task, outcome);
    expect((await stateOf(bob)).evidence.windows).toBeTypeOf('number');
  });

  test("is not moved by a token seen in that person's watch", async () => {
    const wanted = ({ action }: { action: string }) => action === 'token.watch';
    lab.later(61);
    const { command } = await nextCommand(bob.link, bob.device, wanted);
    ana.link.say({ type: 'seen', task: command.task, present: true, at: lab.now() });
    await tell(ana, randomUUID(), { status: 'declined' });
    expect((await stateOf(bob)).evidence['token-present']).toBeUndefined();
  });
});

describe('tasks that are none', () => {
  test('a result without a task changes nothing', async () => {
    const before = await stateOf(bob);
    await tell(bob, randomUUID(), { status: 'done', report: { present: true, version: '99.0' } });
    expect(await stateOf(bob)).toEqual(before);
  });

  test('a token seen without a watch changes nothing', async () => {
    const before = await stateOf(bob);
    bob.link.say({ type: 'seen', task: randomUUID(), present: true, at: lab.now() });
    await tell(bob, randomUUID(), { status: 'declined' });
    expect(await stateOf(bob)).toEqual(before);
  });

  test('a second, better result of a task that is over changes nothing', async () => {
    const wanted = ({ action }: { action: string }) => action === 'opensc.inspect';
    const { command } = await nextCommand(bob.link, bob.device, wanted);
    await tell(bob, command.task, { status: 'declined' });
    await tell(bob, command.task, { status: 'done', report: { present: true, version: '0.27.1' } });
    expect((await stateOf(bob)).evidence['opensc-installed']).toBeUndefined();
  });
});

describe('who says too much', () => {
  test('coming back does not buy more: what was used up stays so for a while', async () => {
    const { device } = await lab.paired();
    const used = Math.floor(linkLimits.framesPerMinute * 0.9);
    const flood = (link: RogueLink) => {
      for (let n = 0; n < used; n += 1) link.say({ type: 'began', task: randomUUID() });
    };
    const first = await linkProperly(lab, device);
    flood(first);
    const probe = randomUUID();
    first.say({ type: 'result', task: probe, outcome: { status: 'declined' }, at: lab.now() });
    expect((await first.next('taken'))?.task).toBe(probe);
    first.socket.close();
    await first.closed;
    const second = await linkProperly(lab, device);
    flood(second);
    expect(await second.next('goodbye')).not.toBeNull();
  });
});

test('nothing of all this was an error of the server', () => {
  const errors = lab.app
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":50') || line.includes('"level":60'));
  expect(errors).toEqual([]);
});
