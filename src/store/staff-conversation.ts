import type { PrismaClient } from './generated/client.ts';
import { json } from './json.ts';

/** The help desk's conversation in a channel, made at the first start; its id. */
export async function staffConversation(
  prisma: PrismaClient,
  provider: string,
  place: { key: string; reference: unknown },
  newId: () => string,
): Promise<string> {
  const reference = json(place.reference);
  const row = await prisma.conversation.upsert({
    where: { provider_key: { provider, key: place.key } },
    create: { id: newId(), provider, key: place.key, audience: 'staff', reference },
    update: { reference, status: 'open', problem: null },
  });
  return row.id;
}
