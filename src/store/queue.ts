import { PgBoss } from 'pg-boss';
import type { Database } from './database.ts';

export interface Recurring {
  name: string;
  everySeconds: number;
  work: () => Promise<unknown>;
}

/**
 * Recurring work, once over all processes on the database: pg-boss keeps the clock in a schema of its own. A job sends
 * the next one, so a second process adds none.
 */
export class Queue {
  readonly #boss: PgBoss;

  constructor(database: Database, log: { error(details: object, message: string): void }) {
    this.#boss = new PgBoss({ db: { executeSql: database.executeSql }, schema: 'pgboss' });
    this.#boss.on('error', (error) => log.error({ err: error }, 'the queue reported an error'));
  }

  async start(jobs: readonly Recurring[]): Promise<void> {
    await this.#boss.start();
    for (const job of jobs) await this.#run(job);
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: 5_000 });
  }

  async #run({ name, everySeconds, work }: Recurring): Promise<void> {
    await this.#boss.createQueue(name, { policy: 'short' });
    await this.#boss.work(name, { pollingIntervalSeconds: 1 }, async () => {
      try {
        await work();
      } finally {
        await this.#next(name, everySeconds);
      }
    });
    await this.#next(name, 0);
  }

  async #next(name: string, after: number): Promise<void> {
    await this.#boss.send(name, {}, { startAfter: after, retryLimit: 0 });
  }
}
