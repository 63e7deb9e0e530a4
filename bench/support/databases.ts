import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findPostgres, startPostgres } from '../../test/support/postgres.ts';
import { ending } from './ending.ts';

/** Runs something on the embedded database in a folder of its own, then on PostgreSQL, whose commits reach the disk. */
export async function onEach<T>(
  run: (kind: 'embedded' | 'PostgreSQL', env: Record<string, string>) => Promise<T>,
): Promise<T[]> {
  const embedded = await inFolder((dir) => run('embedded', { DATA_DIR: dir }));
  const server = await onPostgres((database) =>
    inFolder(async (dir) => run('PostgreSQL', { DATA_DIR: dir, DATABASE_URL: await database('bench') })),
  );
  return [embedded, server];
}

/** PostgreSQL whose commits reach the disk, with an empty database for each that is asked for. */
export async function onPostgres<T>(
  use: (database: (name: string) => Promise<string>) => Promise<T>,
): Promise<T> {
  const bin = findPostgres();
  if (!bin) throw new Error('The bench needs PostgreSQL: npm run setup:test-machine installs it.');
  const postgres = await startPostgres(bin, ['fsync=on', 'synchronous_commit=on']);
  const database = async (name: string) => {
    const client = new Client({ connectionString: postgres.url('postgres') });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return postgres.url(name);
  };
  return ending(
    () => postgres.stop(),
    () => use(database),
  );
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ecadesk-bench-'));
  return ending(
    () => rm(folder, { recursive: true, force: true }),
    () => use(folder),
  );
}
