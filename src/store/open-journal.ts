import { commitTogether, committer } from './commit.ts';
import type { PrismaClient } from './generated/client.ts';
import type { Journal } from './journal.ts';
import { loadJourney, speakerLoader } from './load.ts';
import { begin, refresh, welcome } from './welcome.ts';

/** The journal on a database, embedded or not. */
export function openJournal(prisma: PrismaClient, newId: () => string): Journal {
  const commit = committer(prisma);
  return {
    load: speakerLoader(prisma),
    loadJourney: (journeyId) => loadJourney(prisma, journeyId),
    welcome: (newcomer) => welcome(prisma, newId, newcomer),
    refresh: (key, profile, conversation) => refresh(prisma, key, profile, conversation),
    begin: async (personId, journey, at) => {
      const id = newId();
      await begin(prisma, id, personId, journey, at);
      return id;
    },
    commit: async (change, also) =>
      also ? commitTogether(prisma, change, also) : (await commit({ change, wish: null })).outcome,
    commitAndTake: (change, wish) => commit({ change, wish }),
  };
}
