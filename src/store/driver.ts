import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { ConstructorOptions } from 'pg-boss';

/** One of the two ways to PostgreSQL, opened and up to date. */
export interface Driver {
  adapter: SqlMigrationAwareDriverAdapterFactory;
  queue: ConstructorOptions;
  tidy(): Promise<void>;
  migrated: string[];
  close(): Promise<void>;
}
