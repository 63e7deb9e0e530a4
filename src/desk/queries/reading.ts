import type { Flow } from '../../flows/compiled.ts';
import type { PrismaClient } from '../../store/generated/client.ts';

/** What every question of the desk needs. */
export interface Reading {
  prisma: PrismaClient;
  /** The flow of that version; the newest where none is named. */
  flowOf: (flowId: string, version?: number) => Promise<Flow>;
  clock: () => Date;
}

/** The moment that an answer speaks of. */
export interface Now {
  at: number;
  openIssues: ReadonlySet<string>;
}

export async function nowOf({ prisma, clock }: Reading): Promise<Now> {
  const open = await prisma.knownIssue.findMany({ where: { open: true }, select: { id: true } });
  return { at: clock().getTime(), openIssues: new Set(open.map((issue) => issue.id)) };
}

export interface Page<T> {
  items: T[];
  /** The cursor of the next page; null on the last. */
  next: string | null;
}

export const pageSize = 50;
