import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestDatabase } from '../support/databases.ts';
import { eachDatabase } from '../support/databases.ts';
import { eventually, type Rig, startRig } from './support/rig.ts';

const windows = {
  platform: 'win32',
  name: 'Windows 11',
  arch: 'x64',
  hostname: 'KIMS-PC',
  bootedAt: 1_700_000_000_000,
};

eachDatabase('A computer from its pairing to what it proves', (open) => {
  let database: TestDatabase;
  let rig: Rig;
  beforeAll(async () => {
    database = await open();
    rig = await startRig(database);
  }, 120_000);
  afterAll(async () => {
    await rig.stop();
    await database.close();
  });

  it('is paired by its code and number, linked, asked to look, and believed', async () => {
    const journey = await rig.newcomer('U1');
    await rig.at(journey, 'at-windows');
    const identity = await rig.pair('U1');
    expect((await rig.state(journey)).computer).toMatchObject({
      device: identity.paired.device,
      name: 'KIMS-PC',
    });
    expect((await rig.said('U1')).map((m) => m.summary)).toContain('Paired: KIMS-PC');

    const agent = await rig.link(identity);
    const watch = await agent.command('token.watch');
    const task = await rig.task(identity, 'system.inspect', { asked: true });
    const command = await agent.command('system.inspect');
    expect(command).toMatchObject({ task, device: identity.paired.device });
    expect(command.sequence).toBeGreaterThan(watch.sequence);
    agent.began(task);
    await eventually(async () => expect(await rig.statusOf(task)).toBe('running'));
    await agent.deliver(task, { status: 'done', report: windows });
    expect(await rig.statusOf(task)).toBe('done');
    const state = await rig.state(journey);
    expect(state.evidence.windows).toBe(rig.now);
    expect(await rig.history(journey)).toEqual(['start', 'paired', 'proven windows']);
  });
});
