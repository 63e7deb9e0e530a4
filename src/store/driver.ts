import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ConstructorOptions } from 'pg-boss';
import type { Ask } from './ask.ts';

/** One of the two ways to PostgreSQL, opened and up to date. */
export interface Driver {
  adapter: SqlMigrationAwareDriverAdapterFactory;
  /** How pg-boss reaches it; asked for by whoever starts the queue, which loads pg-boss. */
  queue(): Promise<ConstructorOptions>;
  /** The straight way to it, where there is one. */
  ask?: Ask;
  tidy(): Promise<void>;
  migrated: string[];
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A PostgreSQL server (`postgresql://…`); when absent, the database is embedded. */
  url?: string | undefined;
  /** Where the embedded database lives; when absent, in memory only. */
  dataDir?: string | undefined;
  /** Connections to the server. */
  poolSize?: number;
  log?: (message: string) => void;
}
