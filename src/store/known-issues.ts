import type { PrismaClient } from './generated/client.ts';

export interface KnownIssueRow {
  id: string;
  flowId: string;
  title: string;
  reason: string;
  open: boolean;
  changedAt: Date;
  changedBy: string;
}

/** The issues that a flow brings. What staff have opened or closed since stays as they left it. */
export async function seedKnownIssues(
  prisma: PrismaClient,
  flow: { id: string; issues: readonly { id: string; title: string; open: boolean; reason: string }[] },
  at: Date,
): Promise<void> {
  await prisma.knownIssue.createMany({
    data: flow.issues.map(({ id, title, open, reason }) => ({
      id,
      flowId: flow.id,
      title,
      reason,
      open,
      changedAt: at,
      changedBy: 'flow',
    })),
    skipDuplicates: true,
  });
}

export async function listKnownIssues(prisma: PrismaClient): Promise<KnownIssueRow[]> {
  return prisma.knownIssue.findMany({ orderBy: { id: 'asc' } });
}

/** @returns false where there is no such issue, or it was so already */
export async function setKnownIssue(
  prisma: PrismaClient,
  id: string,
  open: boolean,
  by: string,
  at: Date,
): Promise<boolean> {
  const { count } = await prisma.knownIssue.updateMany({
    where: { id, open: !open },
    data: { open, changedBy: by, changedAt: at },
  });
  return count === 1;
}
