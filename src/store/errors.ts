/**
 * - `database-in-use`: another process works on this data directory.
 * - `database-unreachable`: no answer from the server at DATABASE_URL.
 * - `data-directory-unusable`: it cannot be made, written or opened.
 * - `migration-failed`: a migration did not apply; nothing was started on a half-made schema.
 */
export type StoreFault =
  | 'database-in-use'
  | 'database-unreachable'
  | 'data-directory-unusable'
  | 'migration-failed';

/** Why the database cannot be used: a stable code, a sentence, and what to do about it. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: StoreFault;
  readonly mend: string;
  constructor(code: StoreFault, message: string, mend: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.mend = mend;
  }
}
