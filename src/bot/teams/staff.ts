import type { IdentityKey } from '../incoming.ts';
import type { Connector, Member } from './connector.ts';

export interface StaffParts {
  /** The help desk's channel and its connector; null while it is not known where to ask. */
  desk: () => Promise<{ connector: Connector; channel: string; tenant: string } | null>;
  clock: () => number;
  warn: (error: unknown) => void;
}

const fresh = 5 * 60_000;
const mostPages = 50;

/**
 * The help desk is who is in its channel: people of the same tenant, no guests, no bots. The roster is read page by
 * page, kept for five minutes, and where it cannot be read nobody is staff.
 */
export function staffRoster({ desk, clock, warn }: StaffParts): (who: IdentityKey) => Promise<boolean> {
  let read: { at: number; members: Promise<ReadonlySet<string>> } | null = null;

  async function roster(): Promise<ReadonlySet<string>> {
    const place = await desk();
    if (!place) throw new Error('The help desk’s channel is not known yet.');
    const found = new Set<string>();
    let page: string | undefined;
    for (let pages = 0; pages < mostPages; pages++) {
      const answer = await place.connector.members(place.channel, page);
      for (const member of answer.members)
        if (isOurs(member, place.tenant)) found.add(`${place.tenant}/${member.aadObjectId?.toLowerCase()}`);
      page = answer.next;
      if (page === undefined) return found;
    }
    throw new Error('The roster of the help desk’s channel has no end.');
  }

  return async (who) => {
    if (who.provider !== 'teams') return false;
    if (!read || clock() - read.at > fresh) read = { at: clock(), members: roster() };
    const current = read;
    try {
      return (await current.members).has(`${who.tenant}/${who.id}`);
    } catch (error) {
      if (read === current) read = null;
      warn(error);
      return false;
    }
  };
}

function isOurs({ aadObjectId, tenantId, userRole }: Member, tenant: string): boolean {
  const kind = userRole?.toLowerCase();
  return (
    aadObjectId !== undefined &&
    (tenantId === undefined || tenantId.toLowerCase() === tenant) &&
    kind !== 'guest' &&
    kind !== 'anonymous' &&
    kind !== 'bot' &&
    kind !== 'skill'
  );
}
