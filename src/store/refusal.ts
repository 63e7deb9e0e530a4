import { z } from 'zod';

/**
 * SQLSTATEs (PostgreSQL's manual, appendix A): bad data, a broken constraint, a deadlock, a limit, and a lock that
 * was waited for too long.
 */
const state = z.string().regex(/^(22|23|40|54|55P03)/);

/** As PostgreSQL's own driver says it, and as Prisma hands it on. */
const refusal = z.union([
  z.object({ code: state }),
  z.object({
    meta: z.object({ driverAdapterError: z.object({ cause: z.object({ originalCode: state }) }) }),
  }),
]);

/** Whether the database refused a statement for what it concerns; then nothing of it was written. */
export function isRefusal(error: unknown): boolean {
  return refusal.safeParse(error).success;
}
