import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeKeyPair } from '../../src/agent/protocol.ts';
import type { Database } from '../../src/store/database.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';
import { eventually, type Rig, startRig } from './support/rig.ts';

eachDatabase('Two processes on one database', (open) => {
  let database: TestDatabase;
  let second: Database;
  let one: Rig;
  let two: Rig;
  beforeAll(async () => {
    database = await open();
    second = await database.another();
    const key = makeKeyPair();
    one = await startRig(database, { key });
    two = await startRig(second, { key });
  }, 120_000);
  afterAll(async () => {
    await one.stop();
    await two.stop();
    await second.close();
    await database.close();
  });

  it('a code given by one is good at the other, and a task reaches the computer wherever it is linked', async () => {
    await one.newcomer('A');
    const identity = await one.pair('A', two.pairing());
    for (const rig of [one, two, one]) {
      const agent = await rig.link(identity);
      await agent.command('token.watch');
      const task = await one.task(identity, 'opensc.inspect');
      expect((await agent.command('opensc.inspect')).task).toBe(task);
      await agent.deliver(task, { status: 'done', report: { present: true, version: null } });
      expect(await two.statusOf(task)).toBe('done');
      await agent.close();
    }
  });

  it('what one unpairs is told by the other, and its tasks end', async () => {
    const journey = await one.newcomer('B');
    const identity = await one.pair('B');
    const agent = await two.link(identity);
    expect(await one.devices.unpair(journey, 'slack:T1:U9')).toBe(true);
    expect(await agent.goodbye()).toBe('unpaired');
    await eventually(async () => {
      const row = await database.prisma.device.findUniqueOrThrow({ where: { id: identity.paired.device } });
      expect(row.connectedTo).toBeNull();
    });
  });

  it('a computer that links to the other one leaves the first', async () => {
    await one.newcomer('C');
    const identity = await one.pair('C');
    const older = await one.link(identity);
    await older.command('token.watch');
    const newer = await two.link(identity);
    await newer.command('token.watch');
    one.beat(30);
    expect(await older.goodbye()).toBe('replaced');
    two.beat(30);
    const task = await one.task(identity, 'system.inspect');
    expect((await newer.command('system.inspect')).task).toBe(task);
    const row = await database.prisma.device.findUniqueOrThrow({ where: { id: identity.paired.device } });
    expect(row.connectedTo).not.toBeNull();
  });

  it('a stop at one reaches the computers of the other', async () => {
    await one.newcomer('D');
    const agent = await two.link(await one.pair('D'));
    await one.policy.stop({ id: 'x', name: 'Lea' });
    await agent.policy('off');
    expect(two.policy.mode).toBe('off');
    await two.policy.resume({ id: 'x', name: 'Lea' });
    await agent.policy('look');
  });
});
