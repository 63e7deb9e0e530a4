import { newJourney } from '../../flows/journey.ts';
import { json } from '../../store/json.ts';
import type { Reply } from '../engine/reply.ts';
import * as say from './say.ts';
import { heard, sideOf, type Turn } from './turn.ts';

/** Where else this person speaks, and whether to part this chat from there. */
export async function unlink(turn: Turn): Promise<Reply> {
  const all = await others(turn);
  return heard(
    all.length === 0 ? say.nothingLinked() : say.partQuestion(all.map((one) => sideOf(turn, one))),
  );
}

/** The journey stays with the other chats; here a new person stands at the beginning. */
export async function part(turn: Turn): Promise<Reply> {
  const { newId, flowOf, flowId } = turn;
  if ((await others(turn)).length === 0) return heard(say.nothingLinked());
  const { identity, person } = turn.mine;
  const flow = await flowOf(flowId);
  const state = newJourney(flow, turn.at.getTime());
  const personId = newId();
  const journey = {
    id: newId(),
    flowId: flow.id,
    flowVersion: flow.version,
    step: state.step,
    state: json(state),
    status: 'new',
  };
  const { provider, tenant } = identity;
  return {
    event: { type: 'unlinked', provider, tenant },
    messages: [say.parted()],
    also: async (tx) => {
      const { displayName } = identity;
      await tx.person.create({
        data: { id: personId, displayName, timeZone: person.timeZone, createdAt: turn.at },
      });
      await tx.journey.create({
        data: { ...journey, personId, createdAt: turn.at, since: turn.at, heardAt: turn.at },
      });
      const moved = await tx.identity.updateMany({
        where: { id: identity.id, personId: person.id },
        data: { personId },
      });
      return moved.count === 1;
    },
  };
}

function others({ prisma, mine }: Turn) {
  const { person, identity } = mine;
  return prisma.identity.findMany({ where: { personId: person.id, id: { not: identity.id } } });
}
