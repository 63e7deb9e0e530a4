import type { Flow } from '../../flows/compiled.ts';
import type { Identity, PrismaClient } from '../../store/generated/client.ts';
import type { Journal, OutboxEntry, Snapshot } from '../../store/journal.ts';
import type { TenantName } from '../channel.ts';
import type { Reply } from '../engine/reply.ts';
import type { Engine } from '../engine.ts';
import type { Message } from '../message.ts';
import type { Random } from './code.ts';
import * as links from './links.ts';
import * as say from './say.ts';

export interface LinkTalkParts {
  prisma: PrismaClient;
  journal: Pick<Journal, 'load'>;
  plan: Engine['plan'];
  flowOf(flowId: string, version?: number): Promise<Flow>;
  flowId: string;
  clock: () => number;
  newId: () => string;
  random: Random;
  /** Without it, tenants are shown by their ids. */
  tenantName?: TenantName;
}

/** One turn of the talk, with the one who speaks. */
export interface Turn extends LinkTalkParts {
  mine: Snapshot;
  at: Date;
}

/** This identity, as the other side is shown it. */
export function sideOf(
  { tenantName }: Pick<Turn, 'tenantName'>,
  { provider, tenant, displayName }: Pick<Identity, 'provider' | 'tenant' | 'displayName'>,
): say.Side {
  return { provider, tenant, tenantName: tenantName?.({ provider, tenant }) ?? null, name: displayName };
}

export function heard(message?: Message): Reply {
  return { event: { type: 'heard' }, messages: message ? [message] : [] };
}

/** A message here whose outbox id is known beforehand, so that it can be changed later. */
export function post({ mine }: Turn, id: string, message: Message): OutboxEntry {
  return { id, conversationId: mine.conversation.id, op: 'post', targetId: null, message };
}

/** Why these two cannot be one person; null: they may. */
export async function hindrance(turn: Turn, otherPerson: string): Promise<Message | null> {
  const { prisma, mine } = turn;
  const { person } = mine;
  if (otherPerson === person.id) return say.alreadyLinked();
  const all = await prisma.identity.findMany({ where: { personId: { in: [person.id, otherPerson] } } });
  const same = (a: Identity, b: Identity) => a.provider === b.provider && a.tenant === b.tenant;
  const twice = all.find((one, i) => all.findIndex((other) => same(one, other)) !== i);
  return twice === undefined ? null : say.samePlace(say.placeName(sideOf(turn, twice)));
}

/** The messages of a link that is over, changed to what `message` says on each side. */
export async function closing(
  { prisma, newId }: Pick<LinkTalkParts, 'prisma' | 'newId'>,
  link: links.Link,
  message: (identityId: string) => Message,
): Promise<OutboxEntry[]> {
  const sides = [
    { identity: link.askerId, post: link.status === 'open' ? link.codePost : link.askerPost },
    ...(link.typerId === null ? [] : [{ identity: link.typerId, post: link.typerPost }]),
  ];
  const rows = await Promise.all(
    sides.map(async ({ identity, post: posted }) => {
      const there = (await links.speaker(prisma, identity))?.conversations[0];
      const words = link.status === 'open' ? say.codeOver() : message(identity);
      return there ? [links.edit(newId(), there.id, posted, words)] : [];
    }),
  );
  return rows.flat();
}

/** The same, from the one who speaks: a press is answered by the first of one's own messages. */
export async function closingHere(
  turn: Turn,
  link: links.Link,
  here: Message,
  there: Message,
): Promise<OutboxEntry[]> {
  const { identity, conversation } = turn.mine;
  const rows = await closing(turn, link, (side) => (side === identity.id ? here : there));
  const own = (row: OutboxEntry) => Number(row.conversationId === conversation.id);
  return rows.sort((a, b) => own(b) - own(a));
}
