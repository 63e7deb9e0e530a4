import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as protocol from '../../src/agent/protocol.ts';
import { Pairings } from '../../src/devices/pairing/pairings.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { kims, type PairingClient, problemOf } from '../support/agent/test-agent.ts';
import { buttonOf, codeIn, minute, type Rig, startRig } from './support/rig.ts';

let database: Database;
let rig: Rig;
let person: string;
let journey: string;
let people = 0;

beforeAll(async () => {
  database = await openDatabase({});
}, 120_000);
afterAll(() => database.close());

/** A rig for each test: its budgets of tries are unspent. */
beforeEach(async () => {
  rig = await startRig(database);
  person = `P${++people}`;
  journey = await rig.newcomer(person);
  return () => rig.stop();
});

const lastSummary = async () => (await rig.said(person)).at(-1)?.summary;
const summaries = async () => (await rig.said(person)).map((m) => m.summary);
const getCode = async () => {
  await rig.says(person, 'pair');
  return codeIn(await rig.said(person));
};
const choose = async (arg: string) =>
  rig.presses(person, buttonOf(await rig.said(person), 'pair-number', arg).action);
const devices = () => database.prisma.device.count({ where: { journeyId: journey } });
const rowOf = () =>
  database.prisma.pairing.findFirstOrThrow({ where: { journeyId: journey }, orderBy: { createdAt: 'desc' } });

/** A code that differs from this one in its last letter. */
const wrongOne = (code: string) => code.slice(0, -1) + (code.endsWith('C') ? 'D' : 'C');

async function upToNumber(client: PairingClient): Promise<string> {
  await client.claim(await getCode());
  return client.agree();
}

describe('The code', () => {
  it('comes with how to use it, for ten minutes, and is not kept', async () => {
    const code = await getCode();
    const told = (await rig.said(person)).at(-1);
    expect(told?.body).toContain(`eca-agent pair ${code} --server ${rig.address}`);
    expect(told?.note).toContain('10 minutes');
    const row = await rowOf();
    expect(row.expiresAt.getTime() - rig.now).toBe(10 * minute);
    const { secret, lookup } = protocol.readCode(code) ?? { secret: '', lookup: '' };
    expect(row.lookup).toBe(lookup);
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('is the same one when the channel delivers the word twice', async () => {
    const event = randomUUID();
    await rig.says(person, 'pair', event);
    await rig.says(person, 'pair', event);
    expect((await summaries()).filter((s) => s.startsWith('Your pairing code'))).toHaveLength(1);
    expect((await rig.pairing().claim(codeIn(await rig.said(person)))).status).toBe(200);
  });

  it('tells whose account and which organisation a computer would join', async () => {
    const client = rig.pairing();
    await client.claim(await getCode());
    expect(client.claimed?.who).toEqual({
      name: 'Kim Lee',
      channel: 'Slack',
      organisation: 'the Slack workspace T1',
    });
    expect(client.claimed?.mode).toBe('look');
  });

  it('names the organisation as its people do where the channel knows, as plain text', async () => {
    rig.tenants.set('T1', 'Example *Corp*');
    const client = rig.pairing();
    await client.claim(await getCode());
    rig.tenants.clear();
    expect(client.claimed?.who.organisation).toBe('the Slack workspace Example Corp');
  });

  it('unknown, wrong, used, withdrawn, expired and no code at all get one and the same answer', async () => {
    const wrong = await rig.pairing().claim(wrongOne(await getCode()));
    const used = await getCode();
    await rig.pairing().claim(used);
    const withdrawn = await getCode();
    const old = await getCode();
    const answers = [
      wrong,
      await rig.pairing().claim('CDF3-4GHJ'),
      await rig.pairing().claim('hello'),
      await rig.pairing().claim(used),
      await rig.pairing().claim(withdrawn),
    ];
    rig.now += 10 * minute;
    answers.push(await rig.pairing().claim(old));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(problemOf(wrong).code).toBe('code-refused');
    expect(wrong.status).toBe(403);
  });

  it('a fifth wrong secret voids it, and the employee is told', async () => {
    const code = await getCode();
    for (let i = 0; i < 4; i++) await rig.pairing().claim(wrongOne(code));
    expect((await rowOf()).status).toBe('open');
    await rig.pairing().claim(wrongOne(code));
    expect((await rowOf()).status).toBe('void');
    expect((await rig.pairing().claim(code)).status).toBe(403);
    expect(await lastSummary()).toContain('typed wrongly five times');
  });

  it('thirty wrong codes from one address are the most in ten minutes, the right one included', async () => {
    const code = await getCode();
    for (let i = 0; i < 30; i++)
      expect(problemOf(await rig.pairing().claim('CDF3-4GHJ')).code).toBe('code-refused');
    expect(problemOf(await rig.pairing().claim(code))).toMatchObject({ code: 'too-many-tries' });
    rig.now += 10 * minute;
    expect((await rig.pairing().claim(await getCode())).status).toBe(200);
  });

  it('the same computer may ask again when the answer was lost; another one may not', async () => {
    const code = await getCode();
    const client = rig.pairing();
    const first = await client.claim(code);
    expect(await client.claim(code)).toEqual(first);
    expect((await rig.pairing().claim(code)).status).toBe(403);
  });

  it('can be cancelled by the employee, and the computer learns of it', async () => {
    const client = rig.pairing();
    await client.claim(await getCode());
    await rig.presses(person, buttonOf(await rig.said(person), 'pair-cancel').action);
    expect(await lastSummary()).toBe('Cancelled.');
    expect((await summaries()).filter((s) => s.startsWith('Your pairing code'))).toEqual([]);
    expect(await client.wait()).toEqual({ state: 'void', why: 'withdrawn' });
  });

  it('is given in the person’s own conversation only', async () => {
    const from = { provider: 'slack' as const, tenant: 'T1', id: person };
    const incoming = {
      id: 'x',
      from,
      profile: {},
      conversation: { key: 'channel', reference: {} },
      at: new Date(rig.now),
      said: { kind: 'text' as const, text: 'pair', files: 0 },
    };
    const answer = await rig.devices.talk.answer(incoming, { kind: 'word', word: 'pair' }, null);
    expect(JSON.stringify(answer)).not.toContain('code');
  });
});

describe('A request of a computer', () => {
  it('needs the signature of the very key that it brings', async () => {
    const client = rig.pairing();
    const body = { code: await getCode(), publicKey: client.keys.publicKey, ...kims, at: rig.now };
    const forged = await client.stage('claim', body, protocol.makeKeyPair().privateKey);
    expect(problemOf(forged).code).toBe('bad-request');
    await client.claim(body.code);
    const { pairing, nonce } = protocol.claimed.parse(client.claimed);
    const step = { pairing, nonce, at: rig.now };
    const stranger = protocol.makeKeyPair().privateKey;
    expect(problemOf(await client.stage('agree', step, stranger)).code).toBe('code-refused');
    expect(problemOf(await client.stage('wait', { ...step, nonce: 'x'.repeat(22) })).code).toBe(
      'code-refused',
    );
    expect((await rowOf()).status).toBe('claimed');
  });

  it('of one stage proves nothing at another', async () => {
    const client = rig.pairing();
    await client.claim(await getCode());
    const { pairing, nonce } = protocol.claimed.parse(client.claimed);
    const signed = protocol.seal(client.keys.privateKey, 'wait', { pairing, nonce, at: rig.now });
    expect((await client.post({ stage: 'leave', signed })).status).toBe(403);
    expect((await rowOf()).status).toBe('claimed');
  });

  it('with a wrong clock is told so, with the server’s time', async () => {
    const at = rig.now - 5 * minute - 1;
    const answer = await rig.pairing().claim(await getCode(), { at });
    expect(problemOf(answer)).toMatchObject({ code: 'clock-wrong', serverTime: rig.now });
    expect((await rowOf()).status).toBe('open');
  });

  it('that is malformed or larger than 16 KB is a bad request', async () => {
    const client = rig.pairing();
    for (const body of [null, {}, { stage: 'claim', signed: 7 }, { stage: 'x' }, 'x'.repeat(17_000)])
      expect(problemOf(await client.post(body)).code).toBe('bad-request');
  });

  it('is one of 120 a minute from an address; waiting has a budget of its own', async () => {
    const client = rig.pairing();
    await client.claim(await getCode());
    const requests = Array.from({ length: 125 }, () => client.post({ stage: 'claim', signed: null }));
    const answers = await Promise.all(requests);
    // What is no request of any stage counts as well.
    expect(answers.map((a) => a.status).filter((s) => s === 429)).toHaveLength(6);
    const refused = answers.find((a) => a.status === 429);
    expect(refused && problemOf(refused).code).toBe('too-many-tries');
    expect(await client.wait()).toEqual({ state: 'waiting' });
  });
});

describe('The number', () => {
  it('is one of three, and the question names the computer in plain text', async () => {
    const client = rig.pairing();
    await client.claim(await getCode(), { hostname: 'KIM [x](http://evil)*', system: 'Windows 11' });
    const number = await client.agree();
    const card = (await rig.said(person)).at(-1);
    const numbers = card?.choices?.options.map((o) => o.action.arg) ?? [];
    expect(numbers).toHaveLength(4);
    expect(new Set(numbers).size).toBe(4);
    expect(numbers).toContain(number);
    expect(numbers.at(-1)).toBe('none');
    expect(card?.title).not.toMatch(/[[\]*]/);
    expect(card?.fields).toContainEqual({ label: 'Account', value: 'kim' });
  });

  it('is asked for once, however often the computer agrees', async () => {
    const client = rig.pairing();
    const number = await upToNumber(client);
    expect(await client.agree()).toBe(number);
    expect((await summaries()).filter((s) => s.includes('Choose the number'))).toHaveLength(1);
  });

  it('right: the computer is paired, and gets what it keeps, sealed', async () => {
    const client = rig.pairing();
    await choose(await upToNumber(client));
    const { paired } = await client.identity();
    expect(paired).toMatchObject({ publicKey: client.keys.publicKey, mode: 'look' });
    expect((await rig.state(journey)).computer?.device).toBe(paired.device);
    expect(await client.identity()).toMatchObject({ paired: { device: paired.device } });
    expect(await rig.history(journey)).toEqual(['start', 'paired']);
    // No button of the pairing is left, and the step's own card is the last one again.
    expect((await summaries()).filter((s) => s.startsWith('Your pairing code'))).toEqual([
      'Your pairing code was used.',
    ]);
    expect((await rig.said(person)).flatMap((m) => m.buttons).map((b) => b.action.verb)).not.toContain(
      'pair-cancel',
    );
  });

  it('makes the next card come anew below the code, also where the word was pressed', async () => {
    await rig.presses(person, { verb: 'word', arg: 'pair' });
    const code = (await rig.said(person)).length;
    await rig.does(journey, { type: 'show' });
    expect((await rig.said(person)).length).toBe(code + 1);
  });

  it.each(['none', 'wrong'])('%s: nothing is paired, and both sides are told', async (answer) => {
    const client = rig.pairing();
    const number = await upToNumber(client);
    const options = (await rig.said(person)).at(-1)?.choices?.options ?? [];
    const wrong = options.find((o) => o.action.arg !== number && o.action.arg !== 'none')?.action.arg ?? '';
    await choose(answer === 'none' ? 'none' : wrong);
    expect(await client.wait()).toEqual({ state: 'void', why: 'refused' });
    expect(await lastSummary()).toMatch(/nothing was paired|Nothing was paired/);
    expect(buttonOfQuestion(await rig.said(person))).toBe(false);
    expect(await devices()).toBe(0);
  });

  it('after a wrong one the right one does nothing any more', async () => {
    const client = rig.pairing();
    const number = await upToNumber(client);
    const { action } = buttonOf(await rig.said(person), 'pair-number', number);
    await choose('none');
    await rig.presses(person, action);
    expect(await devices()).toBe(0);
  });

  it('does nothing when somebody else presses it', async () => {
    const client = rig.pairing();
    const number = await upToNumber(client);
    const { action } = buttonOf(await rig.said(person), 'pair-number', number);
    const other = `${person}-other`;
    await rig.newcomer(other);
    await rig.presses(other, action);
    expect(await client.wait()).toEqual({ state: 'waiting' });
    expect(
      await database.prisma.device.count({
        where: { person: { identities: { some: { externalId: other } } } },
      }),
    ).toBe(0);
  });

  it('comes too late after ten minutes', async () => {
    const client = rig.pairing();
    const number = await upToNumber(client);
    rig.now += 10 * minute;
    await choose(number);
    expect(await devices()).toBe(0);
    expect(await client.wait()).toEqual({ state: 'void', why: 'expired' });
    expect(await summaries()).toContain('The 10 minutes are over.');
  });

  it('pressed twice pairs once', async () => {
    const client = rig.pairing();
    const number = await upToNumber(client);
    const { action } = buttonOf(await rig.said(person), 'pair-number', number);
    await Promise.all([rig.presses(person, action), rig.presses(person, action)]);
    expect(await devices()).toBe(1);
    expect(await rig.history(journey)).toEqual(['start', 'paired']);
  });

  it('that nobody waits for at the computer any more: the employee is told', async () => {
    const client = rig.pairing();
    await upToNumber(client);
    expect((await client.step('leave')).status).toBe(200);
    expect(await lastSummary()).toBe('KIMS-PC was not paired.');
    expect((await rowOf()).status).toBe('void');
  });
});

describe('A pairing', () => {
  it('that a crash cut off after the device was made is completed by the sweep', async () => {
    const client = rig.pairing();
    await upToNumber(client);
    const { id } = await rowOf();
    const device = await new Pairings(database.prisma).confirm(id, randomUUID(), new Date(rig.now));
    expect((await rig.state(journey)).computer).toBeNull();
    await rig.devices.sweep();
    await rig.devices.sweep();
    expect((await rig.state(journey)).computer?.device).toBe(device);
    expect(await rig.history(journey)).toEqual(['start', 'paired']);
    expect((await client.identity()).paired.device).toBe(device);
  });

  it('is shown by the word, with its state, and ends by its button', async () => {
    const { paired } = await rig.pair(person);
    await rig.says(person, 'pair');
    const card = (await rig.said(person)).at(-1);
    expect(card?.fields).toContainEqual({ label: 'Computer', value: 'KIMS-PC' });
    expect(card?.fields).toContainEqual({ label: 'State', value: 'Not connected yet' });
    await rig.presses(person, buttonOf(await rig.said(person), 'unpair').action);
    const row = await database.prisma.device.findUniqueOrThrow({ where: { id: paired.device } });
    expect(row).toMatchObject({ unpairedBy: 'employee', unpairedAt: new Date(rig.now) });
    expect((await rig.state(journey)).computer).toBeNull();
    await rig.presses(person, buttonOf(await rig.said(person), 'unpair').action);
    expect(await lastSummary()).toBe('This computer is not paired any more.');
  });

  it('of somebody else cannot be ended', async () => {
    await rig.pair(person);
    await rig.says(person, 'pair');
    const { action } = buttonOf(await rig.said(person), 'unpair');
    const other = `${person}-thief`;
    await rig.newcomer(other);
    await rig.presses(other, action);
    expect((await rig.state(journey)).computer).not.toBeNull();
  });

  it('replaces an earlier one that was begun, and an earlier computer', async () => {
    const first = rig.pairing();
    await upToNumber(first);
    rig.now += 1_000;
    const second = rig.pairing();
    await upToNumber(second);
    expect(await first.wait()).toEqual({ state: 'void', why: 'withdrawn' });
    const { id } = await rowOf();
    const old = await database.prisma.device.create({
      data: {
        id: randomUUID(),
        journeyId: journey,
        personId: (await rowOf()).personId,
        publicKey: protocol.makeKeyPair().publicKey,
        hostname: 'OLD',
        system: {},
        pairedAt: new Date(rig.now),
      },
    });
    await new Pairings(database.prisma).confirm(id, randomUUID(), new Date(rig.now));
    expect(await database.prisma.device.count({ where: { journeyId: journey, unpairedAt: null } })).toBe(1);
    expect((await database.prisma.device.findUniqueOrThrow({ where: { id: old.id } })).unpairedBy).toBe(
      'replaced',
    );
  });

  it('is not there while a lead has stopped all agents', async () => {
    const code = await getCode();
    await rig.policy.stop({ id: 'x', name: 'Lea' });
    expect(problemOf(await rig.pairing().claim(code)).code).toBe('pairing-off');
    await rig.says(person, 'pair');
    expect(await lastSummary()).toBe('That is not available here.');
    await rig.policy.resume({ id: 'x', name: 'Lea' });
    expect((await rig.pairing().claim(code)).status).toBe(200);
  });
});

const buttonOfQuestion = (messages: Awaited<ReturnType<Rig['said']>>) =>
  messages.some((m) => m.choices?.options.some((o) => o.action.verb === 'pair-number'));
