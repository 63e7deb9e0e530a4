import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import type { DatabaseOptions } from './database.ts';
import type { Driver } from './driver.ts';
import { StoreError } from './errors.ts';
import { migrate, readMigrations } from './migrate.ts';
import { nameOf } from './named.ts';

/**
 * A PostgreSQL server.
 * @throws {StoreError} `database-unreachable`, `migration-failed`
 */
export async function openServer(options: DatabaseOptions & { url: string }): Promise<Driver> {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 10_000,
    // Prisma's adapter takes every time that it is given for UTC.
    onConnect: (client) => client.query("SET TIME ZONE 'UTC'"),
  });
  pool.on('error', (error) => options.log?.(`an idle connection to the database broke: ${error.message}`));
  try {
    await pool.query('SELECT 1');
    const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) });
    const migrated = await migrate(adapter, await readMigrations());
    return {
      adapter,
      queue: { connectionString: options.url, max: 2 },
      tidy: async () => {},
      migrated,
      close: () => pool.end(),
    };
  } catch (cause) {
    await pool.end();
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(
      'database-unreachable',
      `The database at DATABASE_URL does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Start PostgreSQL, or mend host, port, user and password in DATABASE_URL; without it the embedded database is used.',
      cause,
    );
  }
}
