import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type * as protocol from '../../src/agent/protocol.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { Identity } from '../support/agent/test-agent.ts';
import { eventually, minute, type Rig, startRig } from './support/rig.ts';

let database: Database;
let rig: Rig;
let identity: Identity;
let journey: string;
let person: string;
let people = 0;

beforeAll(async () => {
  database = await openDatabase({});
  rig = await startRig(database, { mode: 'change' });
}, 120_000);
afterAll(async () => {
  await rig.stop();
  await database.close();
});
beforeEach(async () => {
  person = `T${++people}`;
  journey = await rig.newcomer(person);
  identity = await rig.pair(person);
});

const booted = 1_700_000_000_000;
const windows: protocol.Outcome = {
  status: 'done',
  report: { platform: 'win32', name: 'Windows 11', arch: 'x64', hostname: 'KIMS-PC', bootedAt: booted },
};
const rowOf = (id: string) => database.prisma.deviceTask.findUniqueOrThrow({ where: { id } });
const since = async (): Promise<string[]> => (await rig.history(journey)).slice(2);
const failures = () => rig.told(journey).filter((what) => what.startsWith('action-failed'));
const tasksFor = (action: string) =>
  database.prisma.deviceTask.count({ where: { deviceId: identity.paired.device, action } });

describe('A task', () => {
  it('comes again after a lost link under its own name, with a later sequence and another nonce', async () => {
    const first = await rig.link(identity);
    const task = await rig.task(identity, 'system.inspect');
    const one = await first.command('system.inspect');
    first.began(task);
    await eventually(async () => expect(await rig.statusOf(task)).toBe('running'));
    await first.close();
    const second = await rig.link(identity);
    const two = await second.command('system.inspect');
    expect(two.task).toBe(task);
    expect(two.sequence).toBeGreaterThan(one.sequence);
    expect(two.nonce).not.toBe(one.nonce);
    await second.deliver(task, windows);
    expect(await since()).toEqual(['proven windows']);
  });

  it('waits for a computer that is not linked yet', async () => {
    const task = await rig.task(identity, 'system.inspect');
    const agent = await rig.link(identity);
    expect((await agent.command('system.inspect')).task).toBe(task);
  });

  it('has sequences that never repeat, also with many at once', async () => {
    const agent = await rig.link(identity);
    const tasks = await Promise.all(Array.from({ length: 12 }, () => rig.task(identity, 'opensc.inspect')));
    await eventually(() => expect(agent.commands()).toHaveLength(13));
    const sequences = agent.commands().map((c) => c.sequence);
    expect(new Set(sequences).size).toBe(13);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(new Set(agent.commands().map((c) => c.task))).toEqual(
      new Set([...tasks, agent.commands()[0]?.task]),
    );
  });

  it('ends once, however often its result is told', async () => {
    const agent = await rig.link(identity);
    const task = await rig.task(identity, 'system.inspect');
    await agent.command('system.inspect');
    for (let i = 0; i < 3; i++) agent.result(task, windows);
    agent.result(task, { status: 'declined' });
    await agent.deliver(randomUUID(), { status: 'declined' });
    expect(await rig.statusOf(task)).toBe('done');
    expect(await since()).toEqual(['proven windows']);
  });

  it('of another computer cannot be ended', async () => {
    const other = `${person}-evil`;
    await rig.newcomer(other);
    const evil = await rig.link(await rig.pair(other));
    const task = await rig.task(identity, 'system.inspect');
    const before = rig.devices.numbers.refused();
    evil.began(task);
    evil.result(task, windows);
    await evil.deliver(randomUUID(), { status: 'declined' });
    expect(rig.devices.numbers.refused()).toBe(before + 1);
    expect(await rowOf(task)).toMatchObject({ status: 'pending', result: null });
    expect(
      evil.inbox.all.some((r) => 'frame' in r && r.frame.type === 'taken' && r.frame.task === task),
    ).toBe(false);
    expect(await since()).toEqual([]);
  });

  it.each<[protocol.Outcome, string, string]>([
    [{ status: 'declined' }, 'declined', 'declined'],
    [{ status: 'timed-out' }, 'timed-out', 'timed-out'],
    [{ status: 'failed', code: 'no-admin', message: 'You need *rights*' }, 'failed', 'no-admin'],
    [{ status: 'refused', code: 'switched-off', message: 'x' }, 'failed', 'switched-off'],
    [{ status: 'done', report: { version: 7 } }, 'done', 'bad-report'],
  ])('that ended with %j is told to the journey', async (outcome, status, code) => {
    const agent = await rig.link(identity);
    const task = await rig.task(identity, 'opensc.install', {
      asked: true,
      parameters: { version: '0.27.1' },
    });
    const command = await agent.command('opensc.install');
    expect(command.parameters).toEqual({ version: '0.27.1' });
    await agent.deliver(task, outcome);
    expect(await rig.statusOf(task)).toBe(code === 'bad-report' ? 'failed' : status);
    expect(failures()).toEqual([`action-failed ${code}`]);
  });

  it('that nobody fetched in time ends as timed out: the computer is offline', async () => {
    const task = await rig.task(identity, 'system.inspect');
    rig.now += 2 * minute;
    await rig.devices.sweep();
    await rig.devices.sweep();
    expect(await rig.statusOf(task)).toBe('timed-out');
    expect(failures()).toEqual(['action-failed offline']);
    const agent = await rig.link(identity);
    await agent.deliver(task, windows);
    expect(await rig.statusOf(task)).toBe('timed-out');
    expect(failures()).toEqual(['action-failed offline']);
  });

  it('that was fetched and never answered ends as timed out', async () => {
    const agent = await rig.link(identity);
    const task = await rig.task(identity, 'system.inspect');
    await agent.command('system.inspect');
    rig.now += 2 * minute;
    await rig.devices.sweep();
    expect(await rig.statusOf(task)).toBe('timed-out');
    expect(failures()).toEqual(['action-failed timed-out']);
  });

  it('for one that is switched off at the computer is not sent, and the journey learns why', async () => {
    const agent = await rig.link(identity, { on: false });
    const task = await rig.task(identity, 'system.inspect');
    await eventually(async () => expect(await rig.statusOf(task)).toBe('failed'));
    expect(failures()).toEqual(['action-failed switched-off']);
    expect(agent.commands()).toEqual([]);
  });

  it('whose end a crash cut off is ended by the next sweep, once', async () => {
    const task = await rig.task(identity, 'system.inspect');
    await database.prisma.deviceTask.update({
      where: { id: task },
      data: { status: 'running', result: JSON.parse(JSON.stringify(windows)) },
    });
    await rig.devices.sweep();
    await rig.devices.sweep();
    expect(await rig.statusOf(task)).toBe('done');
    expect(await since()).toEqual(['proven windows']);
  });

  it('keeps of a report only what came of it', async () => {
    const agent = await rig.link(identity);
    const task = await rig.task(identity, 'opensc.inspect');
    await agent.deliver(task, { status: 'done', report: { present: true, version: '0.26.1' } });
    expect((await rowOf(task)).result).toEqual({
      status: 'done',
      present: true,
      version: '0.26.1',
      verdict: 'old-version',
    });
    expect(await since()).toEqual(['disproven opensc-installed']);
  });

  it('of a computer that is unpaired ends, and says nothing', async () => {
    const task = await rig.task(identity, 'system.inspect');
    await rig.devices.unpair(journey, 'employee');
    expect(await rowOf(task)).toMatchObject({ status: 'failed', result: { code: 'unpaired' } });
    expect(await since()).toEqual(['unpaired']);
  });
});

describe('A watch', () => {
  it('begins with each link, and is told of only on a change', async () => {
    const agent = await rig.link(identity);
    const watch = await agent.command('token.watch');
    for (const present of [false, false, true, true, false]) agent.seen(watch.task, present);
    await agent.deliver(randomUUID(), { status: 'declined' });
    const expected = [
      'proven token-absent',
      'proven token-present',
      'proven token-absent',
      'disproven token-present',
    ];
    expect((await since()).filter((e) => e !== 'disproven token-present')).toEqual(
      expected.filter((e) => e !== 'disproven token-present'),
    );
    await agent.close();
    const again = await rig.link(identity);
    const next = await again.command('token.watch');
    expect(next.task).not.toBe(watch.task);
    again.seen(next.task, false);
    again.seen(watch.task, true);
    await again.deliver(randomUUID(), { status: 'declined' });
    expect((await since()).at(-1)).not.toBe('proven token-present');
    expect((await since()).filter((e) => e.startsWith('proven'))).toHaveLength(3);
  });

  it('tells after a crash in the middle of a change what is so then', async () => {
    const agent = await rig.link(identity);
    const watch = await agent.command('token.watch');
    agent.seen(watch.task, false);
    rig.diesAfter = 'proven token-present';
    agent.seen(watch.task, true);
    await eventually(async () => expect(await since()).toContain('proven token-present'));
    await agent.close();
    rig.diesAfter = null;
    const again = await rig.link(identity);
    again.seen((await again.command('token.watch')).task, false);
    await again.deliver(randomUUID(), { status: 'declined' });
    const proven = (await since()).filter((e) => e.startsWith('proven'));
    expect(proven).toEqual(['proven token-absent', 'proven token-present', 'proven token-absent']);
  });

  it('is renewed before its hour is over', async () => {
    const agent = await rig.link(identity);
    const first = await agent.command('token.watch');
    rig.now += 54 * minute;
    await agent.deliver(randomUUID(), { status: 'declined' });
    expect(agent.commands()).toHaveLength(1);
    rig.now += minute;
    const second = await agent.command('token.watch');
    expect(second.task).not.toBe(first.task);
    expect(second.sequence).toBeGreaterThan(first.sequence);
  });

  it('that sees a token has it looked at where a certificate is what counts, and nowhere else', async () => {
    const agent = await rig.link(identity);
    const watch = await agent.command('token.watch');
    agent.seen(watch.task, true);
    await agent.deliver(randomUUID(), { status: 'declined' });
    expect(await tasksFor('token.inspect')).toBe(0);
    await rig.at(journey, 'confirm-token');
    agent.seen(watch.task, false);
    agent.seen(watch.task, true);
    const look = await agent.command('token.inspect');
    expect(await rowOf(look.task)).toMatchObject({ asked: false, step: 'confirm-token' });
  });
});

describe('A restart', () => {
  it('is proven by a later start of the computer, once, and not by a clock that differs a little', async () => {
    const start = async (bootedAt: number) => (await rig.link(identity, { bootedAt })).command('token.watch');
    await start(booted);
    await start(booted + 5_000);
    expect(await since()).toEqual([]);
    await start(booted + 5_001);
    await eventually(async () => expect(await since()).toEqual(['proven restarted']));
    await start(booted + 6_000);
    const agent = await rig.link(identity, { bootedAt: booted + 5_001 });
    await agent.deliver(randomUUID(), { status: 'declined' });
    expect(await since()).toEqual(['proven restarted']);
  });

  it('that was asked for is done when the computer is back', async () => {
    const before = await rig.link(identity, { bootedAt: booted });
    const task = await rig.task(identity, 'system.restart', { minutes: 30 });
    await before.command('system.restart');
    before.began(task);
    await eventually(async () => expect(await rig.statusOf(task)).toBe('running'));
    await before.close();
    const after = await rig.link(identity, { bootedAt: booted + minute });
    await eventually(async () => expect(await rig.statusOf(task)).toBe('done'));
    await after.deliver(randomUUID(), { status: 'declined' });
    expect(await since()).toEqual(['proven restarted']);
    expect(after.commands().some((c) => c.action === 'system.restart')).toBe(false);
  });

  it('after which the computer keeps silent is told once', async () => {
    const agent = await rig.link(identity);
    await rig.at(journey, 'restart');
    await agent.close();
    const device = { where: { id: identity.paired.device } };
    await eventually(async () =>
      expect((await database.prisma.device.findUniqueOrThrow(device)).connectedTo).toBeNull(),
    );
    const silences = () => rig.told(journey).filter((what) => what === 'computer-silent').length;
    rig.now += 10 * minute;
    await rig.devices.sweep();
    expect(silences()).toBe(0);
    rig.now += 1;
    await rig.devices.sweep();
    await rig.devices.sweep();
    expect(silences()).toBe(1);
    expect((await rig.said(person)).some((m) => /VPN/.test(m.summary))).toBe(true);
    await (await rig.link(identity)).close();
    await eventually(async () =>
      expect((await database.prisma.device.findUniqueOrThrow(device)).connectedTo).toBeNull(),
    );
    rig.now += 11 * minute;
    await rig.devices.sweep();
    expect(silences()).toBe(2);
  });

  it('is not waited for at a step that needs none', async () => {
    await (await rig.link(identity)).close();
    rig.now += 11 * minute;
    await rig.devices.sweep();
    expect((await rig.said(person)).filter((m) => /VPN/.test(m.summary))).toEqual([]);
  });
});

it('Where the organisation lets computers look only, a change is neither sent nor done', async () => {
  const own = await startRig(database, { mode: 'look' });
  const mine = await own.newcomer('look-only');
  const paired = await own.pair('look-only');
  const agent = await own.link(paired);
  const task = await own.task(paired, 'system.restart', { asked: true, minutes: 30 });
  await eventually(async () => expect(await own.statusOf(task)).toBe('failed'));
  expect(own.told(mine)).toEqual(['paired', 'action-failed not-allowed']);
  expect(agent.commands().map((c) => c.action)).toEqual(['token.watch']);
  await own.stop();
});
