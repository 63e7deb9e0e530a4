import { createHash } from 'node:crypto';
import type { PrismaClient } from './generated/client.ts';

export interface FlowVersionRow {
  flowId: string;
  version: number;
  /** The YAML document. */
  document: string;
}

const columns = { flowId: true, version: true, document: true } as const;

/** Numbers a document as the newest version of its flow, unless it is the newest already. */
export async function publishFlow(
  prisma: PrismaClient,
  flowId: string,
  document: string,
  by: string,
  at: Date,
): Promise<FlowVersionRow> {
  const sha256 = createHash('sha256').update(document).digest('hex');
  for (;;) {
    const newest = await prisma.flowVersion.findFirst({ where: { flowId }, orderBy: { version: 'desc' } });
    if (newest?.sha256 === sha256) return { flowId, version: newest.version, document: newest.document };
    const version = (newest?.version ?? 0) + 1;
    const { count } = await prisma.flowVersion.createMany({
      data: [{ flowId, version, document, sha256, publishedBy: by, publishedAt: at }],
      skipDuplicates: true,
    });
    if (count === 1) return { flowId, version, document };
    // Somebody published at the same moment and has this number: the same document, or one to come after.
  }
}

export async function newestFlow(prisma: PrismaClient, flowId: string): Promise<FlowVersionRow | null> {
  return prisma.flowVersion.findFirst({ where: { flowId }, orderBy: { version: 'desc' }, select: columns });
}

/** @throws when there is no such version. */
export async function flowVersion(
  prisma: PrismaClient,
  flowId: string,
  version: number,
): Promise<FlowVersionRow> {
  return prisma.flowVersion.findUniqueOrThrow({
    where: { flowId_version: { flowId, version } },
    select: columns,
  });
}
