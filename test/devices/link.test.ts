import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as protocol from '../../src/agent/protocol.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Identity, TestAgent } from '../support/agent/test-agent.ts';
import { eventually, minute, type Rig, startRig } from './support/rig.ts';

let database: Database;
let rig: Rig;
let identity: Identity;
let journey: string;
let person: string;
let people = 0;

beforeAll(async () => {
  database = await openDatabase({});
  rig = await startRig(database);
}, 120_000);
afterAll(async () => {
  await rig.stop();
  await database.close();
});
beforeEach(async () => {
  person = `L${++people}`;
  journey = await rig.newcomer(person);
  identity = await rig.pair(person);
});

const clock = () => rig.now;
const stranger = () => new TestAgent(rig.address, identity, { clock });
const row = () => database.prisma.device.findUniqueOrThrow({ where: { id: identity.paired.device } });
const said = (agent: TestAgent) =>
  agent.inbox.all.flatMap((r) => ('frame' in r ? [r.frame.type] : [])).filter((type) => type !== 'hello');

async function stateShown(): Promise<string> {
  const { items } = await rig.devices.overview();
  return items.find((item) => item.id === identity.paired.device)?.state ?? 'none';
}

describe('The greeting', () => {
  it.each<[string, Partial<protocol.AgentHello>]>([
    ['an unknown device', { device: randomUUID() }],
    ['an answer to another greeting', { answer: 'A'.repeat(22) }],
    ['another pinned server key', { serverKey: protocol.makeKeyPair().publicKey }],
  ])('with %s is closed without a word', async (_name, more) => {
    const agent = stranger();
    await agent.greet({}, more);
    expect(await agent.closed()).toBe(1008);
    expect(said(agent)).toEqual([]);
  });

  it('signed by another key is closed without a word', async () => {
    const agent = stranger();
    await agent.greet({}, {}, protocol.makeKeyPair().privateKey);
    expect(await agent.closed()).toBe(1008);
    expect(said(agent)).toEqual([]);
  });

  it('of one link is worth nothing at another', async () => {
    const first = stranger();
    await first.greet();
    await first.welcome();
    const { nonce: answer } = await first.frame('hello');
    const second = stranger();
    await second.greet({}, { answer, nonce: first.nonce });
    expect(await second.closed()).toBe(1008);
    await first.close();
  });

  it('with a wrong clock is told the server’s time', async () => {
    const agent = stranger();
    await agent.greet({}, { at: rig.now + 6 * minute });
    expect((await agent.frame('clock-wrong')).serverTime).toBe(rig.now);
    expect(await agent.closed()).toBe(1008);
  });

  it('of one that is no longer paired is answered with a sealed goodbye', async () => {
    await rig.devices.unpair(journey, 'slack:T1:U9');
    const agent = stranger();
    await agent.greet();
    expect(await agent.goodbye()).toBe('unpaired');
    expect(said(agent)).toEqual(['goodbye']);
  });

  it('is answered over the agent’s nonce, with the mode', async () => {
    const agent = stranger();
    await agent.greet();
    expect(await agent.welcome()).toMatchObject({
      device: identity.paired.device,
      answer: agent.nonce,
      mode: 'look',
    });
    await agent.close();
  });

  it.each<[string, string | Buffer, number]>([
    ['something else', '{"type":"began","task":"3d7c5bb0-0000-4000-8000-000000000000"}', 1008],
    ['no JSON', '{', 1008],
    ['bytes', Buffer.from([1, 2, 3]), 1003],
    ['nine kilobytes', JSON.stringify({ type: 'x'.repeat(9_000) }), 1009],
  ])('by %s instead is closed', async (_name, data, code) => {
    const agent = stranger();
    await agent.frame('hello');
    agent.socket.send(data);
    expect(await agent.closed()).toBe(code);
  });

  it('that does not come within ten seconds is cut', async () => {
    const agent = stranger();
    await agent.frame('hello');
    rig.beat(10);
    expect(agent.socket.readyState).toBe(WebSocket.OPEN);
    rig.beat(1);
    expect(await agent.closed()).toBe(1006);
  });

  it('at another address is not found', async () => {
    const socket = new WebSocket(`${rig.address.replace('http', 'ws')}/elsewhere`);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('404');
  });
});

describe('A link', () => {
  it('is the only one of its device: the newer takes the place of the older', async () => {
    const older = await rig.link(identity);
    const newer = await rig.link(identity);
    expect(await older.goodbye()).toBe('replaced');
    await older.closed();
    const task = await rig.task(identity, 'system.inspect');
    expect((await newer.command('system.inspect')).task).toBe(task);
    expect(await stateShown()).toBe('connected');
  });

  it('is noted in the database, and its end too; switched off is another thing than offline', async () => {
    expect(await stateShown()).toBe('offline');
    const agent = await rig.link(identity);
    await eventually(async () => expect(await stateShown()).toBe('connected'));
    agent.say({ type: 'switch', on: false });
    await eventually(async () => expect(await stateShown()).toBe('disabled'));
    agent.say({ type: 'switch', on: true });
    await eventually(async () => expect(await stateShown()).toBe('connected'));
    await agent.close();
    await eventually(async () => expect(await stateShown()).toBe('offline'));
    expect((await row()).heardAt).toEqual(new Date(rig.now));
  });

  it('of a process that died counts as offline after two minutes', async () => {
    await database.prisma.device.update({
      where: { id: identity.paired.device },
      data: { connectedTo: 'a process that is no more', heardAt: new Date(rig.now) },
    });
    expect(await stateShown()).toBe('connected');
    rig.now += 2 * minute;
    expect(await stateShown()).toBe('offline');
  });

  it('whose agent answers no ping for a minute and a half is cut; one that does is kept', async () => {
    const alive = await rig.link(identity);
    const other = `${person}-mute`;
    await rig.newcomer(other);
    const muteIdentity = await rig.pair(other);
    const mute = await rig.link(muteIdentity, { pongs: false });
    for (let i = 0; i < 5; i++) {
      const pinged = once(alive.socket, 'ping');
      rig.beat(30);
      await pinged;
      // The pong is on its way before this frame: the server has heard it once the answer is there.
      const task = randomUUID();
      await alive.deliver(task, { status: 'declined' });
    }
    expect(await mute.closed()).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each<[string, string | Buffer, number]>([
    ['no frame of the protocol', '{"type":"shell","command":"dir"}', 1008],
    ['a second hello', '', 1008],
    ['bytes', Buffer.from([0]), 1003],
    ['more than 600 KB', JSON.stringify({ type: 'x'.repeat(601 * 1024) }), 1009],
  ])('that says %s is closed', async (_name, data, code) => {
    const agent = await rig.link(identity);
    if (data === '') await agent.greet();
    else agent.socket.send(data);
    expect(await agent.closed()).toBe(code);
  });

  it('that says more than 240 things a minute is sent away', async () => {
    const agent = await rig.link(identity);
    const task = randomUUID();
    for (let i = 0; i < 300; i++) agent.began(task);
    expect(await agent.goodbye()).toBe('flood');
    expect(rig.devices.numbers.refused()).toBeGreaterThan(0);
  });

  it('may say 240 things at once, and four more each second', async () => {
    const agent = await rig.link(identity);
    const task = randomUUID();
    // The hello was one; the last of these asks for an answer.
    for (let i = 0; i < 230; i++) agent.began(task);
    await agent.deliver(randomUUID(), { status: 'declined' });
    rig.beat(5);
    for (let i = 0; i < 20; i++) agent.began(task);
    await agent.deliver(randomUUID(), { status: 'declined' });
    await agent.close();
  });

  it('through which it asks to be unpaired ends with a sealed goodbye', async () => {
    const agent = await rig.link(identity);
    agent.say({ type: 'unpair' });
    expect(await agent.goodbye()).toBe('unpaired');
    await eventually(async () => expect((await rig.state(journey)).computer).toBeNull());
    expect((await row()).unpairedBy).toBe('computer');
  });

  it('is told at once when staff unpair, and when the journey ends', async () => {
    const agent = await rig.link(identity);
    expect(await rig.devices.unpair(journey, 'slack:T1:U9')).toBe(true);
    expect(await agent.goodbye()).toBe('unpaired');
    expect(await rig.devices.unpair(journey, 'slack:T1:U9')).toBe(false);
    const entry = await database.prisma.history.findFirstOrThrow({
      where: { journeyId: journey, type: 'unpaired' },
    });
    expect(entry).toMatchObject({ actor: 'staff', actorId: 'slack:T1:U9' });

    const again = await rig.pair(person);
    const second = await rig.link(again);
    await database.prisma.journey.update({ where: { id: journey }, data: { status: 'done' } });
    await rig.devices.sweep();
    expect(await second.goodbye()).toBe('unpaired');
  });
});

describe('A lead’s stop', () => {
  it('reaches each agent as a sealed policy, holds back tasks, and is lifted again', async () => {
    const agent = await rig.link(identity);
    const { at } = await agent.welcome();
    await agent.command('token.watch');
    await rig.policy.stop({ id: 'slack:T1:U9', name: 'Lea' });
    const stopped = await agent.policy('off');
    expect(stopped.at).toBeGreaterThan(at);
    const task = await rig.task(identity, 'system.inspect');
    await agent.deliver(randomUUID(), { status: 'declined' });
    const joined = await rig.newcomer(`${person}-late`);
    expect(joined).toBeTruthy();
    expect(agent.commands().map((c) => c.action)).toEqual(['token.watch']);
    await rig.policy.resume({ id: 'slack:T1:U9', name: 'Lea' });
    expect((await agent.policy('look')).at).toBeGreaterThan(stopped.at);
    expect((await agent.command('system.inspect')).task).toBe(task);
    await agent.command('token.watch');
  });

  it('is what a link is welcomed with meanwhile', async () => {
    await rig.policy.stop({ id: 'x', name: 'Lea' });
    const agent = stranger();
    await agent.greet();
    expect((await agent.welcome()).mode).toBe('off');
    await rig.policy.resume({ id: 'x', name: 'Lea' });
    await agent.command('token.watch');
    await agent.close();
  });
});

it('At its stop the server says that it will be back, and notes that nobody is linked', async () => {
  const own = await startRig(database);
  await own.newcomer('S1');
  const paired = await own.pair('S1');
  const agent = await own.link(paired);
  const goodbye = agent.goodbye();
  await own.stop();
  expect(await goodbye).toBe('stopping');
  const device = await database.prisma.device.findUniqueOrThrow({ where: { id: paired.paired.device } });
  expect(device.connectedTo).toBeNull();
});
