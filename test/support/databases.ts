import { describe } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { findPostgres, startPostgres } from './postgres.ts';

export interface TestDatabase extends Database {
  /** A further client, as another process would have; embedded there is only the one. */
  another(): Promise<Database>;
}

async function openEmbedded(): Promise<TestDatabase> {
  const database = await openDatabase({});
  return { ...database, another: async () => ({ ...database, close: async () => {} }) };
}

async function openServer(bin: string): Promise<TestDatabase> {
  const server = await startPostgres(bin);
  const url = server.url('postgres');
  const database = await openDatabase({ url });
  return {
    ...database,
    another: () => openDatabase({ url }),
    close: async () => {
      await database.close();
      await server.stop();
    },
  };
}

/**
 * Runs a suite on both databases. PostgreSQL is started for it and stopped; where it is not installed the suite is
 * skipped by name, or fails under REQUIRE_ALL=1.
 */
export function eachDatabase(name: string, suite: (open: () => Promise<TestDatabase>) => void): void {
  describe(`${name}, embedded`, () => suite(openEmbedded));
  const bin = findPostgres();
  if (bin === undefined && process.env.REQUIRE_ALL === '1')
    throw new Error('PostgreSQL is not installed: npm run setup:test-machine');
  describe.skipIf(bin === undefined)(
    `${name}, PostgreSQL${bin ? '' : ' (not installed: npm run setup:test-machine)'}`,
    () => suite(() => openServer(bin ?? '')),
  );
}
