import type { Journal } from '../../../src/agent/home/journal.ts';

/** A journal that knows nothing yet, for what only reads it. */
export const emptyJournal: Pick<Journal, 'sequence' | 'notBefore' | 'isUsed' | 'find'> = {
  sequence: 0,
  notBefore: 0,
  isUsed: () => false,
  find: () => null,
};
