import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ExecuteSql } from './database.ts';

/** One of the two ways to PostgreSQL, opened and up to date. */
export interface Driver {
  adapter: SqlMigrationAwareDriverAdapterFactory;
  executeSql: ExecuteSql;
  migrated: string[];
  close(): Promise<void>;
}
