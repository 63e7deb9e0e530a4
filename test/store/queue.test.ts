import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Queue } from '../../src/store/queue.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';

async function until(holds: () => boolean, patience = 20_000): Promise<void> {
  const end = Date.now() + patience;
  while (!holds() && Date.now() < end) await sleep(25);
}

eachDatabase('the queue', (open) => {
  let database: TestDatabase;
  const faults: unknown[] = [];
  const log = { error: (details: object) => void faults.push(details) };

  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database.close());

  it('does recurring work again and again', async () => {
    const queue = new Queue(database, log);
    let runs = 0;
    await queue.start([{ name: 'tick', everySeconds: 1, work: async () => void runs++ }]);
    await until(() => runs >= 3);
    await queue.stop();
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(faults).toEqual([]);
  }, 60_000);

  it('goes on after work that failed', async () => {
    const queue = new Queue(database, log);
    let runs = 0;
    const work = async () => {
      runs++;
      if (runs === 1) throw new Error('once');
    };
    await queue.start([{ name: 'stumble', everySeconds: 1, work }]);
    await until(() => runs >= 2);
    await queue.stop();
    expect(runs).toBeGreaterThanOrEqual(2);
  }, 60_000);

  it('does work at once when asked', async () => {
    const queue = new Queue(database, log);
    let runs = 0;
    await queue.start([{ name: 'seldom', everySeconds: 3600, work: async () => void runs++ }]);
    await until(() => runs === 1);
    await queue.now('seldom');
    await until(() => runs === 2);
    await queue.stop();
    expect(runs).toBe(2);
  }, 60_000);

  it('has each turn done by one process only', async () => {
    const other = await database.another();
    const queues = [new Queue(database, log), new Queue(other, log)];
    let runs = 0;
    const began = Date.now();
    const job = { name: 'shared', everySeconds: 1, work: async () => void runs++ };
    await Promise.all(queues.map((queue) => queue.start([job])));
    await until(() => runs >= 4);
    await Promise.all(queues.map((queue) => queue.stop()));
    const turns = Math.ceil((Date.now() - began) / 1000) + 1;
    await other.close();
    expect(runs).toBeGreaterThanOrEqual(4);
    expect(runs).toBeLessThanOrEqual(turns);
  }, 60_000);

  it('is not held up by a process that died over its turn', async () => {
    const dead = new Queue(database, log);
    let began = false;
    await dead.start([
      {
        name: 'grave',
        everySeconds: 3600,
        work: () => {
          began = true;
          return sleep(60_000, undefined, { ref: false });
        },
      },
    ]);
    await until(() => began);
    const other = await database.another();
    const living = new Queue(other, log);
    let runs = 0;
    await living.start([{ name: 'grave', everySeconds: 1, work: async () => void runs++ }]);
    await until(() => runs >= 1);
    await living.stop();
    await other.close();
    expect(runs).toBeGreaterThanOrEqual(1);
    await dead.stop();
  }, 60_000);
});
