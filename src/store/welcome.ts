import { z } from 'zod';
import type { PrismaClient } from './generated/client.ts';
import type { Newcomer, NewcomerKey } from './journal.ts';
import { json, text } from './json.ts';

/** Person, identity, conversation and journey of one who speaks for the first time, all or nothing. */
export async function welcome(prisma: PrismaClient, newId: () => string, newcomer: Newcomer): Promise<void> {
  const personId = newId();
  const identityId = newId();
  const { conversation, journey, at } = newcomer;
  const place = {
    provider: newcomer.provider,
    key: conversation.key,
    identityId,
    reference: json(conversation.reference),
  };
  try {
    await prisma.$transaction([
      prisma.person.create({
        data: {
          id: personId,
          createdAt: at,
          displayName: text(newcomer.displayName),
          timeZone: newcomer.timeZone,
        },
      }),
      prisma.identity.create({
        data: {
          id: identityId,
          personId,
          provider: newcomer.provider,
          tenant: newcomer.tenant,
          externalId: newcomer.externalId,
          displayName: text(newcomer.displayName),
          locale: newcomer.locale,
          lastSpokeAt: at,
        },
      }),
      prisma.conversation.create({ data: { id: newId(), ...place } }),
      prisma.journey.create({ data: journeyRow(newId(), personId, journey, at) }),
    ]);
  } catch (error) {
    // Two first words of one person came at once: the other one has made everything.
    if (!z.object({ code: z.literal('P2002') }).safeParse(error).success) throw error;
  }
}

export async function begin(
  prisma: PrismaClient,
  id: string,
  personId: string,
  journey: Newcomer['journey'],
  at: Date,
): Promise<void> {
  await prisma.journey.create({ data: journeyRow(id, personId, journey, at) });
}

function journeyRow(id: string, personId: string, journey: Newcomer['journey'], at: Date) {
  const { flowId, flowVersion, step, state } = journey;
  return {
    id,
    personId,
    flowId,
    flowVersion,
    step,
    state: json(state),
    status: 'new',
    createdAt: at,
    since: at,
    heardAt: at,
  };
}

/** Keeps what a channel tells of a person, and where to speak to them. */
export async function refresh(
  prisma: PrismaClient,
  key: NewcomerKey,
  profile: { displayName: string | null; locale: string | null; timeZone: string | null },
  conversation: { key: string; reference: unknown },
): Promise<void> {
  const { displayName, locale, timeZone } = profile;
  const identity = await prisma.identity.update({
    where: { provider_tenant_externalId: key },
    data: {
      ...(displayName !== null && { displayName: text(displayName) }),
      ...(locale !== null && { locale }),
    },
  });
  await prisma.person.update({
    where: { id: identity.personId },
    data: {
      ...(displayName !== null && { displayName: text(displayName) }),
      ...(timeZone !== null && { timeZone }),
    },
  });
  await prisma.conversation.updateMany({
    where: { provider: key.provider, identityId: identity.id },
    data: { key: conversation.key, reference: json(conversation.reference), status: 'open', problem: null },
  });
}
