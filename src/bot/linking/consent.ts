import { journeyState } from '../../flows/state.ts';
import type { Snapshot } from '../../store/journal.ts';
import type { Action } from '../action.ts';
import type { Reply } from '../engine/reply.ts';
import type { Message } from '../message.ts';
import { lineOf } from '../speech/card.ts';
import * as links from './links.ts';
import { join } from './merge.ts';
import * as say from './say.ts';
import { closingHere, heard, hindrance, sideOf, type Turn } from './turn.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Yes, no, or which journey. */
export async function press(turn: Turn, { verb, about = '', arg }: Action): Promise<Reply> {
  const { prisma } = turn;
  const link = uuid.test(about) ? await prisma.link.findUnique({ where: { id: about } }) : null;
  const me = turn.mine.identity.id;
  if (!link || (link.askerId !== me && link.typerId !== me)) return heard(say.notYours());
  if (link.status === 'merged') return heard(say.alreadyLinked());
  const other = await links.speaker(prisma, link.askerId === me ? (link.typerId ?? '') : link.askerId);
  const there = other?.conversations[0];
  if (!other || !there || link.status !== 'claimed' || link.expiresAt <= turn.at) return heard(say.over());
  if (verb === 'link-no')
    return end(turn, link, say.refused(null), say.refused(sideOf(turn, turn.mine.identity)));
  const reason = await hindrance(turn, other.personId);
  if (reason) return end(turn, link, reason, reason);
  return yes(turn, link, other, there.id, arg);
}

async function yes(
  turn: Turn,
  link: links.Link,
  other: links.Speaker,
  there: string,
  chosen: string | undefined,
): Promise<Reply> {
  const { newId, journal } = turn;
  const asker = link.askerId === turn.mine.identity.id;
  const [myPost, theirPost] = asker ? [link.askerPost, link.typerPost] : [link.typerPost, link.askerPost];
  const here = turn.mine.conversation.id;
  const agreed = asker ? { askerYes: true } : { typerYes: true };
  const edited = (message: Message) => links.edit(newId(), here, myPost, message);
  if (!(asker ? link.typerYes : link.askerYes)) {
    return {
      ...heard(),
      rows: [edited(say.waitingFor(link.id, sideOf(turn, other)))],
      also: (tx) => links.change(tx, link, agreed),
    };
  }
  const theirs = await journal.load(other);
  if (!theirs) return heard(say.over());
  const keep = whichGoesOn(turn.mine, theirs, chosen);
  if (keep === null) {
    const message = say.whichOne(link.id, [await choice(turn, turn.mine), await choice(turn, theirs)]);
    const rows = [
      edited(message),
      links.edit(newId(), there, theirPost, say.choosing(sideOf(turn, turn.mine.identity))),
    ];
    return { ...heard(), rows, also: (tx) => links.change(tx, link, agreed) };
  }
  const left = keep === 'mine' ? theirs : turn.mine;
  const going = keep === 'mine' ? turn.mine : theirs;
  const ending = await turn.plan(left, { type: 'merged', into: going.journey.id }, { kind: 'employee' });
  const joined = join({ mine: turn.mine, other: theirs, keep, ending, newId });
  return {
    ...joined,
    rows: [
      edited(say.linked(sideOf(turn, other))),
      links.edit(newId(), there, theirPost, say.linked(sideOf(turn, turn.mine.identity))),
      ...(joined.rows ?? []),
    ],
    also: async (tx) =>
      (await links.change(tx, link, { ...agreed, status: 'merged' })) && (await joined.also?.(tx)) === true,
  };
}

async function choice(turn: Turn, snapshot: Snapshot) {
  const flow = await turn.flowOf(snapshot.journey.flowId);
  const state = journeyState.parse(snapshot.journey.state);
  const scene = { flow, openIssues: new Set(snapshot.openIssues) };
  const line = state.status === 'done' ? 'The finished one' : lineOf(scene, state.step);
  return {
    journey: snapshot.journey.id,
    line,
    where: say.placeName(sideOf(turn, snapshot.identity)).split(',')[0] ?? '',
  };
}

async function end(turn: Turn, link: links.Link, here: Message, there: Message): Promise<Reply> {
  const rows = await closingHere(turn, link, here, there);
  return { ...heard(), rows, also: (tx) => links.change(tx, link, { status: 'void' }) };
}

/** The one that was begun; both: what the person chose, or null where they must be asked. */
function whichGoesOn(mine: Snapshot, theirs: Snapshot, chosen: string | undefined): 'mine' | 'other' | null {
  if (theirs.journey.status === 'new') return 'mine';
  if (mine.journey.status === 'new') return 'other';
  if (chosen === mine.journey.id) return 'mine';
  return chosen === theirs.journey.id ? 'other' : null;
}
