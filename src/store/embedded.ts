import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { DatabaseOptions, Driver } from './driver.ts';
import { StoreError } from './errors.ts';
import { lockDirectory } from './lock.ts';
import { fingerprint, isUpToDate, migrate, readMigrations } from './migrate.ts';
import { preparing } from './named.ts';
import { readPrepared } from './prepared.ts';

/**
 * PostgreSQL inside this process (PGlite), in a directory that it locks, or in memory. It survives the end of the
 * process at any moment; against a power cut it does not flush, as PGlite has no fsync.
 * @throws {StoreError}
 */
export async function openEmbedded(options: DatabaseOptions): Promise<Driver> {
  const migrations = await readMigrations();
  const prepared = () => readPrepared(fingerprint(migrations));
  const unlock = options.dataDir === undefined ? async () => {} : await lockDirectory(options.dataDir);
  let db: PGlite | undefined;
  const close = async () => {
    await db?.close();
    await unlock();
  };
  try {
    const opened = await (options.dataDir === undefined
      ? openMemory(await prepared())
      : openFolder(join(options.dataDir, 'database'), prepared, options.log));
    db = opened;
    const adapter = adapterFor(opened);
    const ready = await isUpToDate((sql) => opened.query(sql), migrations);
    const migrated = ready ? [] : await migrate(adapter, migrations);
    return {
      adapter,
      queue: async () => ({ db: (await import('pg-boss')).fromPglite(opened), backend: 'pglite' }),
      // A single-user PostgreSQL has no autovacuum.
      tidy: async () => void (await opened.exec('VACUUM ANALYZE')),
      migrated,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * PostgreSQL clears its whole page cache when it starts: 128 MB, its own measure, cost half a second and the memory.
 * What does not fit in these is read from the system's cache of the files.
 */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

const openMemory = (from: Blob | undefined): Promise<PGlite> =>
  PGlite.create({ startParams, ...(from && { loadDataDir: from }) });

async function openFolder(
  folder: string,
  prepared: () => Promise<Blob | undefined>,
  log: DatabaseOptions['log'],
): Promise<PGlite> {
  // Stands while a new database is made: what an interrupted start left half-made is made anew.
  const unfinished = `${folder}.unfinished`;
  try {
    if (await exists(unfinished)) await rm(folder, { recursive: true, force: true });
    if (await exists(folder)) return await PGlite.create({ dataDir: folder, startParams });
    await writeFile(unfinished, '');
    await mkdir(folder, { mode: 0o700 });
    const from = await prepared();
    log?.(from ? 'unpacking a new database' : 'making a new database; this takes some ten seconds, once');
    const db = await PGlite.create({ dataDir: folder, startParams, ...(from && { loadDataDir: from }) });
    await rm(unfinished);
    return db;
  } catch (cause) {
    throw new StoreError(
      'data-directory-unusable',
      `The database in ${folder} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Give it back its files from a backup, or move it away to begin with an empty one.',
      cause,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function adapterFor(db: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPGlite(db);
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => awaitingScripts(db, preparing(db, await factory.connect())),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

/** PrismaPGlite does not wait for a script's end, so that a failing migration would end the process: this does. */
const awaitingScripts = (db: PGlite, adapter: SqlDriverAdapter): SqlDriverAdapter =>
  Object.assign(adapter, {
    executeScript: async (script: string) => {
      await db.exec(script);
    },
  });
