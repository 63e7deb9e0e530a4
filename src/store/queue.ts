import { type ConstructorOptions, PgBoss } from 'pg-boss';
import type { Driver } from './driver.ts';

export interface Recurring {
  name: string;
  everySeconds: number;
  work: () => Promise<unknown>;
}

const schema = 'pgboss';

/** Makes the queue's tables, which it otherwise does when it first starts. */
export async function prepareQueue(connection: ConstructorOptions): Promise<void> {
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
  readonly #boss: PgBoss;
  readonly #log: { error(details: object, message: string): void };
  readonly #workers = new Map<string, string>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(database: Pick<Driver, 'queue'>, log: { error(details: object, message: string): void }) {
    this.#log = log;
    this.#boss = new PgBoss({ ...database.queue, schema, reindex: false, monitorVacuum: false });
    this.#boss.on('error', (error) => log.error({ err: error }, 'the queue reported an error'));
  }

  async start(jobs: readonly Recurring[]): Promise<void> {
    await this.#boss.start();
    for (const job of jobs) await this.#begin(job);
  }

  /** Has this work done soon, besides its turns. */
  async now(name: string): Promise<void> {
    await this.#offer(name, {});
  }

  /** Waits for what is being done, at most five seconds. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#boss.stop({ graceful: true, timeout: 5_000 });
  }

  async #begin({ name, everySeconds, work }: Recurring): Promise<void> {
    // At most one waits; whatever became of the one before.
    await this.#boss.createQueue(name, { policy: 'short' });
    const worker = await this.#boss.work(name, { pollingIntervalSeconds: everySeconds }, async () => {
      await work();
    });
    this.#workers.set(name, worker);
    const offer = () =>
      this.#offer(name, { singletonSeconds: everySeconds }).catch((error: unknown) =>
        this.#log.error({ err: error, queue: name }, 'recurring work could not be offered'),
      );
    await offer();
    this.#timers.push(setInterval(offer, everySeconds * 1000).unref());
  }

  async #offer(name: string, options: { singletonSeconds?: number }): Promise<void> {
    const id = await this.#boss.send(name, null, {
      ...options,
      retryLimit: 0,
      expireInSeconds,
      retentionSeconds: 3600,
      deleteAfterSeconds: 3600,
    });
    const worker = this.#workers.get(name);
    if (id !== null && worker !== undefined) this.#boss.notifyWorker(worker);
  }
}
