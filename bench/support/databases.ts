import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres, startPostgres } from '../../test/support/postgres.ts';
import { ending } from './ending.ts';

/** Runs something on the embedded database in a folder of its own, then on PostgreSQL, whose commits reach the disk. */
export async function onEach<T>(
  run: (kind: 'embedded' | 'PostgreSQL', env: Record<string, string>) => Promise<T>,
): Promise<T[]> {
  const bin = findPostgres();
  if (!bin) throw new Error('The bench needs PostgreSQL: npm run setup:test-machine installs it.');
  const embedded = await inFolder((dir) => run('embedded', { DATA_DIR: dir }));
  const postgres = await startPostgres(bin, ['fsync=on', 'synchronous_commit=on']);
  const server = await ending(
    () => postgres.stop(),
    () => inFolder((dir) => run('PostgreSQL', { DATA_DIR: dir, DATABASE_URL: postgres.url('postgres') })),
  );
  return [embedded, server];
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ecadesk-bench-'));
  return ending(
    () => rm(folder, { recursive: true, force: true }),
    () => use(folder),
  );
}
