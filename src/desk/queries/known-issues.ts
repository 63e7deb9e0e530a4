import type { Flow } from '../../flows/compiled.ts';
import { reasonTitle } from '../../flows/reasons.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import { type KnownIssueRow, listKnownIssues } from '../../store/known-issues.ts';
import type { KnownIssueItem } from '../wire.ts';
import type { Reading } from './reading.ts';

/** Every known issue, with what it means for employees now. */
export async function describeIssues(reading: Reading): Promise<KnownIssueItem[]> {
  const rows = await listKnownIssues(reading.prisma);
  return Promise.all(rows.map((row) => describeIssue(reading, row)));
}

export async function describeIssue(
  { prisma, flowOf }: Reading,
  row: KnownIssueRow,
): Promise<KnownIssueItem> {
  const flow = await flowOf(row.flowId);
  const steps = stepsOf(flow, row.id);
  const here = await prisma.journey.groupBy({
    by: ['step'],
    where: {
      flowId: row.flowId,
      step: { in: steps.map(({ id }) => id) },
      status: { notIn: ['done', 'new'] },
    },
    _count: { _all: true },
  });
  return {
    id: row.id,
    title: row.title,
    open: row.open,
    changedAt: row.changedAt.toISOString(),
    changedBy: row.changedBy,
    changedByName: await nameOf(prisma, row.changedBy),
    steps: steps.map((step) => ({
      ...step,
      hereNow: here.find((count) => count.step === step.id)?._count._all ?? 0,
    })),
    calls: {
      reason: { code: row.reason, text: reasonTitle(flow, row.reason) },
      open: await prisma.escalation.count({ where: { reason: row.reason, status: { not: 'resolved' } } }),
    },
  };
}

function stepsOf(flow: Flow, issue: string) {
  return flow.steps.flatMap(({ id, title, when }) =>
    when?.issue?.id === issue ? [{ id, title, shownWhile: when.issue.is }] : [],
  );
}

/** As the session or the channel names them; null where neither knows. */
async function nameOf(prisma: PrismaClient, staffId: string): Promise<string | null> {
  const session = await prisma.staffSession.findFirst({ where: { staffId }, orderBy: { createdAt: 'desc' } });
  if (session) return session.name;
  const [provider = '', tenant = '', externalId = ''] = staffId.split(':');
  const identity = await prisma.identity.findUnique({
    where: { provider_tenant_externalId: { provider, tenant, externalId } },
    include: { person: true },
  });
  return identity?.person.displayName ?? null;
}
