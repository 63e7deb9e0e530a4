import { afterAll, beforeAll, expect, it } from 'vitest';
import { funnel } from '../../src/desk/wire.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';
import { type Rig, startRig } from './support/rig.ts';
import { type Move, seed, seedHistory, wipe } from './support/seed.ts';

eachDatabase('the funnel', (open) => {
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

  /** A journey at its last known place, with the moves that led there. */
  async function journey(status: string, step: string, moves: readonly Move[]): Promise<void> {
    const [id = ''] = await seed(database.prisma, rig.flow, [{ status, step, since: rig.now }]);
    await seedHistory(database.prisma, id, rig.now, moves);
  }

  const of = async () => funnel.parse((await rig.get('/funnel')).body);

  it('has every step of the flow, in its order, before anybody came', async () => {
    const empty = await of();
    expect(empty.steps.map((row) => row.step.id)).toEqual(rig.flow.steps.map((s) => s.id));
    expect(empty).toMatchObject({ started: 0, done: 0, flow: { id: rig.flow.id, title: rig.flow.title } });
    expect(empty.steps[0]).toMatchObject({
      entered: 0,
      finished: 0,
      medianMinutes: null,
      stuckNow: 0,
      hereNow: 0,
    });
  });

  it('counts by hand what an example of five people gives', async () => {
    await wipe(database.prisma);
    const [a = '', b = '', c = ''] = rig.flow.steps.map((s) => s.id);
    const last = rig.flow.steps.at(-1)?.id ?? '';
    const start: Move = { at: 0, type: 'start', from: a, to: a };
    // Straight through a (10 min) and b (20 min) to c, where it is stuck.
    await journey('stuck', c, [
      start,
      { at: 10, type: 'done', from: a, to: b },
      { at: 30, type: 'answer', from: b, to: c },
      { at: 31, type: 'stuck', from: c, to: c },
    ]);
    // a (30 min), b (5 min, then back: not finished), a again (2 min), b (40 min), c; paused and taken up with "start".
    await journey('active', c, [
      start,
      { at: 30, type: 'done', from: a, to: b },
      { at: 35, type: 'back', from: b, to: a },
      { at: 37, type: 'done', from: a, to: b },
      { at: 50, type: 'pause', from: b, to: b },
      { at: 60, type: 'start', from: b, to: b },
      { at: 77, type: 'signed-on', from: b, to: c },
    ]);
    // Was moved away from b because a known issue changed: b is not finished.
    await journey('waiting', c, [
      start,
      { at: 1, type: 'done', from: a, to: b },
      { at: 9, type: 'issues-changed', from: b, to: c },
    ]);
    // At the last step (90 min), then done; looked in again afterwards.
    await journey('done', last, [
      start,
      { at: 4, type: 'done', from: a, to: last },
      { at: 94, type: 'done', from: last, to: last, status: 'done' },
      { at: 99, type: 'heard', from: last, to: last },
    ]);
    // Met the bot, moved by a new flow before it began, and never began.
    await journey('new', b, [{ at: 5, type: 'flow-changed', from: a, to: b }]);

    const { steps, started, done } = await of();
    const row = (id: string) => {
      const { entered, finished, medianMinutes, stuckNow, hereNow } =
        steps.find((s) => s.step.id === id) ?? {};
      return { entered, finished, medianMinutes, stuckNow, hereNow };
    };
    expect({ started, done }).toEqual({ started: 4, done: 1 });
    // Stays at a that were finished: 10, 30, 2, 1, 4 min.
    expect(row(a)).toEqual({ entered: 4, finished: 4, medianMinutes: 4, stuckNow: 0, hereNow: 0 });
    // Stays at b that were finished: 20 and 40 min; the one ended by "back" and the one moved away do not count.
    expect(row(b)).toEqual({ entered: 3, finished: 2, medianMinutes: 30, stuckNow: 0, hereNow: 0 });
    expect(row(c)).toEqual({ entered: 3, finished: 0, medianMinutes: null, stuckNow: 1, hereNow: 3 });
    expect(row(last)).toEqual({ entered: 1, finished: 1, medianMinutes: 90, stuckNow: 0, hereNow: 0 });
  });

  it('fits what the engine itself writes', async () => {
    await wipe(database.prisma);
    const id = await rig.newcomer('UF', 'Fay');
    await rig.walks(id, 'never');
    const { steps, started, done } = await of();
    expect({ started, done }).toEqual({ started: 1, done: 1 });
    const main = steps.filter((s) => s.entered > 0);
    expect(main.length).toBeGreaterThan(15);
    for (const step of main)
      expect(step).toMatchObject({ entered: 1, finished: 1, medianMinutes: 3, hereNow: 0 });
    expect(main.at(-1)?.step.id).toBe(rig.flow.steps.findLast((s) => !s.detour)?.id);
  });
});
