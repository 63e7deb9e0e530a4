import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { DatabaseOptions } from './database.ts';
import type { Driver } from './driver.ts';
import { StoreError } from './errors.ts';
import { migrate, readMigrations } from './migrate.ts';

/**
 * PostgreSQL inside this process (PGlite), in a directory or in memory.
 * @throws {StoreError}
 */
export async function openEmbedded(options: DatabaseOptions): Promise<Driver> {
  const migrations = await readMigrations();
  const db = await openFiles(options.dataDir, options.from, options.log);
  try {
    const migrated = await migrate(awaitingScripts(db), migrations);
    return {
      adapter: new PrismaPGlite(db),
      executeSql: async <Row>(text: string, values?: unknown[]) => {
        if (values?.length) return db.query<Row>(text, values);
        // pg-boss sends several statements in one text; the rows asked for are the last one's.
        const results = await db.exec(text);
        return { rows: (results.at(-1)?.rows ?? []) as Row[] };
      },
      migrated,
      close: () => db.close(),
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function openFiles(
  dataDir: string | undefined,
  from: Blob | undefined,
  log?: (m: string) => void,
): Promise<PGlite> {
  if (dataDir === undefined) return PGlite.create(from ? { loadDataDir: from } : {});
  const folder = join(dataDir, 'database');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const fresh = (await readdir(folder)).length === 0;
    if (fresh && !from) log?.('making the database, once; this takes some ten seconds');
    return await PGlite.create({ dataDir: folder, ...(fresh && from && { loadDataDir: from }) });
  } catch (cause) {
    throw new StoreError(
      'data-directory-unusable',
      `The database in ${folder} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Point DATA_DIR at a directory that this user may write, or restore its backup.',
      cause,
    );
  }
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
