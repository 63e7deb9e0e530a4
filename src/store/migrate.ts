import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { StoreError } from './errors.ts';
import { openSchemaEngine } from './schema-engine.ts';

const folder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export const everything = { externalTables: [], externalEnums: [] };

/** The numbered SQL files of `prisma/migrations`, as Prisma's engine takes them. */
export async function readMigrations(): Promise<MigrationList> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const migrationDirectories = await Promise.all(
    names.map(async (path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(`${folder}/${path}/migration.sql`, 'utf8') },
      },
    })),
  );
  return {
    baseDir: folder,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(`${folder}/migration_lock.toml`, 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories,
  };
}

/** One short name for a set of migrations: what was prepared for another set is not used. */
export function fingerprint(migrations: MigrationList): string {
  const hash = createHash('sha256');
  for (const { path, migrationFile } of migrations.migrationDirectories) {
    hash.update(`${path}\0${migrationFile.content.value}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Brings the schema up to date, in the same table and with the same checksums as `prisma migrate deploy`; harmless
 * when it already is, and when several processes start at once.
 * @returns the names of the migrations that were applied now.
 * @throws {StoreError} `migration-failed`
 */
export async function migrate(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  migrations: MigrationList,
): Promise<string[]> {
  const engine = await openSchemaEngine(adapter);
  try {
    const done = await engine.applyMigrations({ migrationsList: migrations, filters: everything });
    return done.appliedMigrationNames;
  } catch (cause) {
    throw new StoreError(
      'migration-failed',
      `The database could not be brought up to date: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Restore the last backup or mend what the message names, then start again.',
      cause,
    );
  } finally {
    engine.free();
  }
}
