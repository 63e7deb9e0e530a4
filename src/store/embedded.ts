import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { DatabaseOptions } from './database.ts';
import type { Driver } from './driver.ts';
import { StoreError } from './errors.ts';
import { fingerprint, migrate, readMigrations } from './migrate.ts';
import { readPrepared } from './prepared.ts';

/**
 * PostgreSQL inside this process (PGlite), in a directory or in memory.
 * @throws {StoreError}
 */
export async function openEmbedded(options: DatabaseOptions): Promise<Driver> {
  const migrations = await readMigrations();
  const prepared = () => readPrepared(fingerprint(migrations));
  const db = await (options.dataDir === undefined
    ? openMemory(await prepared())
    : openDirectory(options.dataDir, prepared, options.log));
  try {
    const migrated = await migrate(awaitingScripts(db), migrations);
    return {
      adapter: new PrismaPGlite(db),
      executeSql: async <Row>(text: string, values?: unknown[]) => {
        if (values?.length) return db.query<Row>(text, values);
        // pg-boss sends several statements in one text and asks for the rows of all of them.
        const results = await db.exec(text);
        return { rows: results.flatMap((result) => result.rows as Row[]) };
      },
      migrated,
      close: () => db.close(),
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

const openMemory = (from: Blob | undefined): Promise<PGlite> => PGlite.create(from ? { loadDataDir: from } : {});

async function openDirectory(
  dataDir: string,
  prepared: () => Promise<Blob | undefined>,
  log: DatabaseOptions['log'],
): Promise<PGlite> {
  const folder = join(dataDir, 'database');
  try {
    return (await exists(folder)) ? await PGlite.create({ dataDir: folder }) : await make(folder, prepared, log);
  } catch (cause) {
    throw new StoreError(
      'data-directory-unusable',
      `The database in ${folder} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Point DATA_DIR at a directory that this user may write, or restore its backup.',
      cause,
    );
  }
}

/** Made beside its place and moved there whole, so that a start that is interrupted leaves nothing half-made. */
async function make(
  folder: string,
  prepared: () => Promise<Blob | undefined>,
  log: DatabaseOptions['log'],
): Promise<PGlite> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  const from = await prepared();
  log?.(from ? 'unpacking a new database' : 'making a new database; this takes some ten seconds, once');
  const db = await PGlite.create({ dataDir: unfinished, ...(from && { loadDataDir: from }) });
  await db.close();
  await rename(unfinished, folder);
  return PGlite.create({ dataDir: folder });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** PrismaPGlite does not wait for a script's end, so that a failing one would end the process: this does. */
function awaitingScripts(db: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPGlite(db);
  const waiting = (adapter: SqlDriverAdapter): SqlDriverAdapter =>
    Object.assign(adapter, {
      executeScript: async (script: string) => {
        await db.exec(script);
      },
    });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => waiting(await factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}
