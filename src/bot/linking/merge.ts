import { journeyState } from '../../flows/state.ts';
import { commitChange } from '../../store/commit.ts';
import type { Also, Change, Snapshot, Transaction } from '../../store/journal.ts';
import type { Reply } from '../engine/reply.ts';
import { screen } from '../screen.ts';
import { collapsed } from '../speech/card.ts';
import { edit } from './links.ts';

export interface Joining {
  /** Whoever speaks now: there the journey goes on. */
  mine: Snapshot;
  other: Snapshot;
  keep: 'mine' | 'other';
  /** What becomes of the other journey. */
  ending: Change;
  newId: () => string;
}

/**
 * Two people become one: everything of the person whose journey ends moves to the one whose journey goes on, and it is
 * shown where the person speaks now. Both journeys must still be as they were read; else nothing happens.
 */
export function join({
  mine,
  other,
  keep,
  ending,
  newId,
}: Joining): Pick<Reply, 'event' | 'messages' | 'rows' | 'also' | 'on' | 'ends'> {
  const going = keep === 'mine' ? mine : other;
  const left = keep === 'mine' ? other : mine;
  const joined = left.identity;
  const alone = computerOf(going) === null;
  const computer = alone ? computerOf(left) : null;
  const also: Also = async (tx) => {
    // Its messages go out with those of the journey that goes on, so that they are delivered at once.
    const outcome = await commitChange(tx, { ...ending, outbox: [], screen: screenOf(left, mine) });
    if (outcome !== 'committed') return false;
    await move(tx, left, going, alone);
    return true;
  };
  return {
    event: {
      type: 'linked',
      provider: joined.provider,
      tenant: joined.tenant,
      journey: left.journey.id,
      ...(computer && { computer: { device: computer.device, name: computer.name } }),
    },
    messages: [],
    rows: [...ending.outbox, ...oldCard(left, mine, newId)],
    also,
    on: { ...going, identity: mine.identity, conversation: mine.conversation },
    ends: left.journey.id,
  };
}

/** The computer goes over with the person; where each journey has one, the other's pairing ends with its journey. */
const computerOf = ({ journey }: Snapshot) => journeyState.parse(journey.state).computer;

/** The card of the journey that ends becomes a line; where the person speaks, the new card sees to that. */
function oldCard(left: Snapshot, mine: Snapshot, newId: () => string): NonNullable<Reply['rows']> {
  const { card } = screen.parse(left.conversation.screen);
  if (!card || left.conversation.id === mine.conversation.id) return [];
  return [edit(newId(), left.conversation.id, card.id, collapsed(card.line))];
}

function screenOf(left: Snapshot, mine: Snapshot): Change['screen'] {
  const here = left.conversation.id === mine.conversation.id;
  return here ? null : { conversationId: left.conversation.id, screen: { card: null, touched: true } };
}

async function move(tx: Transaction, left: Snapshot, going: Snapshot, withComputer: boolean): Promise<void> {
  const from = { personId: left.person.id };
  const to = { personId: going.person.id };
  const follows = withComputer ? { ...to, journeyId: going.journey.id } : to;
  await tx.identity.updateMany({ where: from, data: to });
  await tx.content.updateMany({ where: from, data: to });
  await tx.device.updateMany({ where: { ...from, journeyId: left.journey.id }, data: follows });
  await tx.pairing.updateMany({ where: { ...from, journeyId: left.journey.id }, data: follows });
  await tx.device.updateMany({ where: from, data: to });
  await tx.pairing.updateMany({ where: from, data: to });
  await tx.journey.updateMany({ where: from, data: to });
  const { displayName, timeZone } = going.person;
  if (displayName === null || timeZone === null)
    await tx.person.update({
      where: { id: going.person.id },
      data: {
        displayName: displayName ?? left.person.displayName,
        timeZone: timeZone ?? left.person.timeZone,
      },
    });
  // Nobody is left behind it: what would still be written for it fails, and is tried anew for the one person.
  await tx.person.delete({ where: { id: left.person.id } });
}
