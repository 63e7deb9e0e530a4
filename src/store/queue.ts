import type { ConstructorOptions, PgBoss } from 'pg-boss';
import type { Driver } from './driver.ts';

export interface Recurring {
  name: string;
  everySeconds: number;
  work: () => Promise<unknown>;
}

const schema = 'pgboss';

/** Makes the queue's tables, which it otherwise does when it first starts. */
export async function prepareQueue(connection: ConstructorOptions): Promise<void> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({ ...connection, schema });
  await boss.start();
  await boss.stop({ graceful: false });
}

/** A job that its process left behind, unfinished, is given up after so long; the next one does not wait for it. */
const expireInSeconds = 300;

/**
 * Recurring work, once over all processes on the database. Each process offers each piece of work every so many
 * seconds, pg-boss (in a schema of its own) takes one offer, and one process does it. No process depends on another
 * one's life; the work itself must bear that two do it at once, as when one was slow.
 */
export class Queue {
  readonly #database: Pick<Driver, 'queue'>;
  #boss: PgBoss | undefined;
  readonly #log: { error(details: object, message: string): void };
  readonly #workers = new Map<string, string>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(database: Pick<Driver, 'queue'>, log: { error(details: object, message: string): void }) {
    this.#database = database;
    this.#log = log;
  }

  /** Loads pg-boss only now, so that the service listens first. Its own schedules are not used, so not started. */
  async start(jobs: readonly Recurring[]): Promise<void> {
    const { PgBoss } = await import('pg-boss');
    const connection = await this.#database.queue();
    const boss = new PgBoss({ ...connection, schema, schedule: false, reindex: false, monitorVacuum: false });
    boss.on('error', (error) => this.#log.error({ err: error }, 'the queue reported an error'));
    this.#boss = boss;
    await boss.start();
    for (const job of jobs) await this.#begin(boss, job);
  }

  /** Has this work done soon, besides its turns. */
  async now(name: string): Promise<void> {
    if (this.#boss) await this.#offer(this.#boss, name, {});
  }

  /** Waits for what is being done, at most five seconds. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#boss?.stop({ graceful: true, timeout: 5_000 });
  }

  async #begin(boss: PgBoss, { name, everySeconds, work }: Recurring): Promise<void> {
    // At most one waits; whatever became of the one before.
    await boss.createQueue(name, { policy: 'short' });
    const worker = await boss.work(name, { pollingIntervalSeconds: everySeconds }, async () => {
      await work();
    });
    this.#workers.set(name, worker);
    const offer = () =>
      this.#offer(boss, name, { singletonSeconds: everySeconds }).catch((error: unknown) =>
        this.#log.error({ err: error, queue: name }, 'recurring work could not be offered'),
      );
    await offer();
    this.#timers.push(setInterval(offer, everySeconds * 1000).unref());
  }

  async #offer(boss: PgBoss, name: string, options: { singletonSeconds?: number }): Promise<void> {
    const id = await boss.send(name, null, {
      ...options,
      retryLimit: 0,
      expireInSeconds,
      retentionSeconds: 3600,
      deleteAfterSeconds: 3600,
    });
    const worker = this.#workers.get(name);
    if (id !== null && worker !== undefined) boss.notifyWorker(worker);
  }
}
