import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import { z } from 'zod';
import { StoreError } from './errors.ts';

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

const applied = z.object({
  migration_name: z.string(),
  checksum: z.string(),
  finished_at: z.date().nullable(),
  rolled_back_at: z.date().nullable(),
});

/** One SQL statement, on whichever database. */
export type Ask = (sql: string) => Promise<{ rows: unknown[] }>;

/**
 * Whether each migration is applied as it stands in its file, and none was cut off. Prisma's engine would find the
 * same, but loading it takes a fifth of a second: it is needed only where there is something to do, or to tell.
 */
export async function isUpToDate(ask: Ask, migrations: MigrationList): Promise<boolean> {
  const { rows } = await ask(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`);
  const [table] = z.array(z.object({ there: z.boolean() })).parse(rows);
  if (!table?.there) return false;
  const said = await ask('SELECT * FROM _prisma_migrations');
  const known = z.array(applied).parse(said.rows);
  const standing = known.filter((row) => row.rolled_back_at === null);
  const finished = new Map(standing.map((row) => [row.migration_name, row.checksum]));
  return (
    standing.every((row) => row.finished_at !== null) &&
    migrations.migrationDirectories.every(
      ({ path, migrationFile }) => finished.get(path) === sha256(migrationFile.content.value),
    )
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

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
  const { openSchemaEngine } = await import('./schema-engine.ts');
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
