import { PrismaPg } from '@prisma/adapter-pg';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { Pool } from 'pg';
import type { DatabaseOptions, Driver } from './driver.ts';
import { StoreError } from './errors.ts';
import { underWay } from './gather.ts';
import { isUpToDate, migrate, readMigrations } from './migrate.ts';
import { nameOf } from './named.ts';

/**
 * A PostgreSQL server.
 * @throws {StoreError} `database-unreachable`, `migration-failed`
 */
export async function openServer(options: DatabaseOptions & { url: string }): Promise<Driver> {
  const pool = connect(options.url, options.poolSize ?? 10);
  const hot = connect(options.url, hotConnections, byKeyOnly);
  for (const one of [pool, hot])
    one.on('error', (error) => options.log?.(`an idle connection to the database broke: ${error.message}`));
  const close = async () => {
    await Promise.all([pool.end(), hot.end()]);
  };
  try {
    const migrations = await readMigrations();
    const ready = await isUpToDate((sql) => pool.query(sql), migrations);
    const migrated = ready ? [] : await migrateApart(options.url, migrations);
    return {
      adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }),
      ask: async (text, values) => (await hot.query({ name: nameOf(text), text, values: [...values] })).rows,
      queue: async () => ({ connectionString: options.url, max: 2 }),
      tidy: async () => {},
      migrated,
      close,
    };
  } catch (cause) {
    await close();
    if (cause instanceof StoreError) throw cause;
    throw new StoreError(
      'database-unreachable',
      `The database at DATABASE_URL does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Start PostgreSQL, or mend host, port, user and password in DATABASE_URL; without it the embedded database is used.',
      cause,
    );
  }
}

/** For each kind of gathering, and some for what is asked straight: a message that is taken alone, say. */
const hotConnections = 3 * underWay + 3;

/**
 * The hot statements look rows up by key, always. Planned once, perhaps on tables that were still empty, they must
 * not go on reading whole tables when these have grown. And as one of them can be for many people, none waits long for
 * a row that somebody else holds: it is then asked for each by itself (`gather.ts`).
 */
const byKeyOnly = [
  'SET enable_seqscan = off',
  'SET jit = off',
  'SET plan_cache_mode = force_generic_plan',
  "SET lock_timeout = '500ms'",
  // Cards are large enough to be compressed; where the server was built with LZ4, that takes a fraction of the time.
  `SELECT set_config(name, 'lz4', false) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)`,
].join(';');

function connect(url: string, max: number, settings = ''): Pool {
  return new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10_000,
    // Prisma's adapter writes and reads times without their zone.
    onConnect: (client) => client.query(`SET TIME ZONE 'UTC'; ${settings}`),
  });
}

/**
 * Over a connection of its own: the engine holds a lock, so that one process migrates at a time, and lets it go with
 * the connection. One that went back to a pool would keep the next process from starting.
 */
async function migrateApart(url: string, migrations: MigrationList): Promise<string[]> {
  const own = connect(url, 1);
  try {
    return await migrate(new PrismaPg(own), migrations);
  } finally {
    await own.end();
  }
}
