import type { Claimed } from '../../agent/protocol.ts';
import type { TenantName } from '../../bot/channel.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import type { Journal } from '../../store/journal.ts';
import { plain } from '../talk/messages.ts';

export interface WhoParts {
  prisma: PrismaClient;
  journal: Pick<Journal, 'loadJourney'>;
  /** Without it, tenants are shown by their ids. */
  tenantName?: TenantName;
}

/** Whose account a computer would join, and where: shown to the person at the computer before they agree. */
export async function whoIs(
  { prisma, journal, tenantName }: WhoParts,
  journeyId: string,
): Promise<Claimed['who']> {
  const snapshot = await journal.loadJourney(journeyId);
  if (!snapshot) return { name: 'somebody unknown', channel: 'unknown', organisation: 'unknown' };
  const { identity, person } = snapshot;
  const own = await prisma.identity.findUnique({
    where: { id: identity.id },
    select: { displayName: true },
  });
  const name = person.displayName ?? own?.displayName ?? identity.externalId;
  const called = tenantName?.(identity);
  return { name, ...placeOf(identity.provider, called ? plain(called) : identity.tenant) };
}

function placeOf(provider: string, tenant: string) {
  if (provider === 'slack') return { channel: 'Slack', organisation: `the Slack workspace ${tenant}` };
  if (provider === 'teams') return { channel: 'Microsoft Teams', organisation: `the Teams tenant ${tenant}` };
  return { channel: 'the browser chat', organisation: "this computer's local chat" };
}
