import type { MigrationList } from '@prisma/schema-engine-wasm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ask, isUpToDate, readMigrations } from '../../src/store/migrate.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';

eachDatabase('whether the schema is up to date', (open) => {
  let database: TestDatabase;
  let migrations: MigrationList;
  const run = (sql: string) => database.prisma.$executeRawUnsafe(sql);
  const ask: Ask = async (sql) => ({ rows: await database.prisma.$queryRawUnsafe<unknown[]>(sql) });

  beforeAll(async () => {
    database = await open();
    migrations = await readMigrations();
  });
  afterAll(() => database.close());

  it('is seen where every migration is applied as it stands, so that Prisma’s engine is not loaded', async () => {
    expect(await isUpToDate(ask, migrations)).toBe(true);
  });

  it('is denied where a file is new', async () => {
    const [known] = migrations.migrationDirectories;
    if (!known) throw new Error('there are no migrations');
    const another = { ...known, path: '29990101000000_more' };
    const more = [...migrations.migrationDirectories, another];
    expect(await isUpToDate(ask, { ...migrations, migrationDirectories: more })).toBe(false);
  });

  it.each([
    ['a migration was cut off', 'UPDATE _prisma_migrations SET finished_at = NULL'],
    ['one was rolled back', 'UPDATE _prisma_migrations SET rolled_back_at = now()'],
    ['its file is another one now', `UPDATE _prisma_migrations SET checksum = 'other'`],
    ['it was never applied', 'DELETE FROM _prisma_migrations'],
    ['nothing ever was', 'DROP TABLE _prisma_migrations'],
  ])('is denied where %s', async (_what, harm) => {
    await run('CREATE TABLE kept AS SELECT * FROM _prisma_migrations');
    try {
      await run(harm);
      expect(await isUpToDate(ask, migrations)).toBe(false);
    } finally {
      await run('DROP TABLE IF EXISTS _prisma_migrations');
      await run('ALTER TABLE kept RENAME TO _prisma_migrations');
    }
    expect(await isUpToDate(ask, migrations)).toBe(true);
  });
});
