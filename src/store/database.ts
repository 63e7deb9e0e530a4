import type { ConstructorOptions } from 'pg-boss';
import { askDirectly } from './ask.ts';
import type { DatabaseOptions, Driver } from './driver.ts';
import { PrismaClient } from './generated/client.ts';

export interface Database {
  kind: 'embedded' | 'server';
  prisma: PrismaClient;
  /** How pg-boss reaches the same database. */
  queue(): Promise<ConstructorOptions>;
  /** What keeps an embedded database small and its plans good; a server does that by itself. */
  tidy(): Promise<void>;
  /** How the schema came up to date; for the log. */
  migrated: string[];
  close(): Promise<void>;
}

/**
 * Opens the database, with its schema up to date. Embedded, the directory is locked: a second process is refused.
 * @throws {StoreError}
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const driver = await open(options);
  const prisma = new PrismaClient({ adapter: driver.adapter });
  if (driver.ask) askDirectly(prisma, driver.ask);
  return {
    kind: options.url ? 'server' : 'embedded',
    prisma,
    queue: driver.queue,
    tidy: driver.tidy,
    migrated: driver.migrated,
    async close() {
      await prisma.$disconnect();
      await driver.close();
    },
  };
}

/** Loads the one of the two that is used. */
async function open({ url, ...options }: DatabaseOptions): Promise<Driver> {
  if (url) return (await import('./server.ts')).openServer({ ...options, url });
  return (await import('./embedded.ts')).openEmbedded(options);
}
