/**
 * `node scripts/make-migration.ts NAME` writes the SQL that brings the migrations so far to `prisma/schema.prisma`.
 * The comparison runs in throwaway databases in memory: no real one is touched.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { everything, readMigrations } from '../src/store/migrate.ts';
import { openSchemaEngine } from '../src/store/schema-engine.ts';

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: node scripts/make-migration.ts NAME   (lower-case letters, digits, underscores)');
  process.exit(64);
}

const db = await PGlite.create();
const engine = await openSchemaEngine(new PrismaPGlite(db));
const content = await readFile('prisma/schema.prisma', 'utf8');
const { stdout } = await engine.diff({
  from: { tag: 'migrations', ...(await readMigrations()) },
  to: { tag: 'schemaDatamodel', files: [{ path: 'prisma/schema.prisma', content }] },
  script: true,
  exitCode: null,
  filters: everything,
});
if (!stdout || stdout.includes('This is an empty migration')) {
  console.log('The migrations already make this schema.');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = `prisma/migrations/${stamp}_${name}`;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/migration.sql`, stdout);
  console.log(`Wrote ${folder}/migration.sql: read it before you commit it.`);
}
process.exit(0);
