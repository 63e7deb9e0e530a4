import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { readMigrations } from '../../src/store/migrate.ts';
import { findPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';

it('says so when no server answers', async () => {
  // Nothing listens on the discard port of the loopback.
  await expect(openDatabase({ url: 'postgresql://someone:hush@127.0.0.1:9/none' })).rejects.toMatchObject({
    code: 'database-unreachable',
    message: expect.not.stringContaining('hush'),
    mend: expect.stringContaining('DATABASE_URL'),
  });
});

const bin = findPostgres();

describe.skipIf(bin === undefined)(
  `a PostgreSQL server${bin ? '' : ' (not installed: npm run setup:test-machine)'}`,
  () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres(bin ?? '');
    }, 60_000);
    afterAll(() => server.stop());

    it('gets the schema once, though several processes start at once', async () => {
      const all = await Promise.allSettled(
        Array.from({ length: 3 }, () => openDatabase({ url: server.url('postgres') })),
      );
      const opened = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))).toEqual([]);
      const { migrationDirectories } = await readMigrations();
      const migrations = migrationDirectories.map(({ path }) => path);
      expect(opened.flatMap((database) => database.migrated).toSorted()).toEqual(migrations);
      const count = 'SELECT count(*)::int AS n FROM "_prisma_migrations"';
      const applied = await opened[0]?.prisma.$queryRawUnsafe(count);
      expect(applied).toEqual([{ n: migrations.length }]);
      await Promise.all(opened.map((database) => database.close()));
    }, 60_000);

    it('keeps times exactly, whatever zone the server has', async () => {
      const database = await openDatabase({ url: server.url('postgres') });
      await database.prisma.$executeRawUnsafe(`ALTER DATABASE postgres SET TimeZone = 'Asia/Kolkata'`);
      await database.close();
      const again: Database = await openDatabase({ url: server.url('postgres') });
      const at = new Date('2026-11-24T15:00:00.123Z');
      await again.prisma.person.create({
        data: { id: '00000000-0000-4000-8000-000000000001', createdAt: at },
      });
      const ms = await again.prisma
        .$queryRaw`SELECT (extract(epoch FROM "createdAt") * 1000)::float AS ms FROM "Person"`;
      expect(ms).toEqual([{ ms: at.getTime() }]);
      await again.close();
    }, 60_000);
  },
);
