import type { PGlite } from '@electric-sql/pglite';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';

/**
 * Statements of the hot path have a name, under which the database keeps them prepared: planning them anew took six
 * times as long as running them (embedded). The name travels as a comment in front, which both adapters here read.
 */
const marker = /^\/\* ([a-z]+(?:_[a-z]+)*) \*\/ /;

/** Gives a statement its name: lower-case words joined by underscores, one name for one text. */
export const named = (name: string, sql: string): string => `/* ${name} */ ${sql}`;

/** The name of a statement, or '' where it has none. */
export const nameOf = (sql: string): string => marker.exec(sql)?.[1] ?? '';

/**
 * PGlite's own interface cannot prepare, but its SQL can. Its one session keeps what was prepared for as long as it
 * lives. Inside a transaction the adapter is another one, and statements are planned each time.
 */
export function preparing(db: PGlite, adapter: SqlDriverAdapter): SqlDriverAdapter {
  const prepared = new Map<string, Promise<unknown>>();
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    async queryRaw(query: Parameters<typeof queryRaw>[0]) {
      const name = nameOf(query.sql);
      if (!name) return queryRaw(query);
      let ready = prepared.get(name);
      if (!ready) {
        ready = db.exec(`PREPARE ${name} AS ${query.sql}`);
        prepared.set(name, ready);
      }
      await ready;
      const values = query.args.length === 0 ? '' : `(${query.args.map(literal).join(', ')})`;
      return queryRaw({ sql: `EXECUTE ${name}${values}`, args: [], argTypes: [] });
    },
  });
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return `${value}`;
  if (value instanceof Date) return `'${value.toISOString()}'`;
  // `standard_conforming_strings` is on, as everywhere since PostgreSQL 9.1: only the quote itself ends a text.
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new TypeError('A named statement takes texts, numbers, booleans and times');
}
