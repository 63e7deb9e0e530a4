import type { Flow } from '../../flows/compiled.ts';
import { newJourney } from '../../flows/journey.ts';
import { journeyState } from '../../flows/state.ts';
import type { PrismaClient } from '../../store/generated/client.ts';
import type { Also, Journal, OutboxEntry, Snapshot } from '../../store/journal.ts';
import { json } from '../../store/json.ts';
import type { Action } from '../action.ts';
import type { Reply } from '../engine/reply.ts';
import type { Engine, SideTalk } from '../engine.ts';
import type { Message } from '../message.ts';
import { lineOf } from '../speech/card.ts';
import { newCode, type Random } from './code.ts';
import * as links from './links.ts';
import { join } from './merge.ts';
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
}

/**
 * One person, two channels: a code given in one chat and typed in another, then consent on both sides, each shown the
 * other. Never by name or e-mail address: who can type in both chats is the one who is in both.
 */
export function linkTalk(parts: LinkTalkParts): SideTalk {
  return {
    words: ['link', 'unlink'],
    verbs: ['link-yes', 'link-no', 'link-keep', 'link-part'],
    async answer(_incoming, intent, snapshot) {
      if (!snapshot) return null;
      const talk = new LinkTalk(parts, snapshot);
      if (intent.kind === 'code') return talk.typed(intent);
      if (intent.kind === 'word') return intent.word === 'unlink' ? talk.unlink() : talk.ask();
      if (intent.kind !== 'press') return null;
      return intent.action.verb === 'link-part' ? talk.part() : talk.press(intent.action);
    },
  };
}

/** One turn of the talk, with the one who speaks. */
class LinkTalk {
  readonly #parts: LinkTalkParts;
  readonly #mine: Snapshot;
  readonly #at: Date;

  constructor(parts: LinkTalkParts, mine: Snapshot) {
    this.#parts = parts;
    this.#mine = mine;
    this.#at = new Date(parts.clock());
  }

  /** A code is given; an earlier one, and what was asked because of it, is over. */
  async ask(): Promise<Reply> {
    const { prisma, newId, random } = this.#parts;
    const me = this.#mine.identity.id;
    if ((await links.asked(prisma, me, this.#at)) >= links.mostAsked) return heard(say.tooManyAsked());
    const earlier = await links.underWay(prisma, me);
    const code = newCode(random);
    const kept = await links.kept(code);
    const link = { id: newId(), askerId: me, codePost: newId(), askerPost: newId(), typerPost: newId() };
    const post = this.#post(link.codePost, say.codeGiven(code, earlier.length > 0));
    const ended = await Promise.all(earlier.map((one) => this.#closing(one, say.over(), say.over())));
    return {
      ...heard(),
      rows: [...ended.flat(), post],
      also: async (tx) => {
        for (const one of earlier) {
          if (!(await links.change(tx, one, { status: 'void' }))) return false;
          await links.forgetCode(tx, one);
        }
        await links.open(tx, link, kept, this.#at);
        return true;
      },
    };
  }

  /** A code was typed: both sides are shown whom they would link to. */
  async typed({
    code,
    said,
    atSecretStep,
  }: {
    code: string;
    said: boolean;
    atSecretStep: boolean;
  }): Promise<Reply | null> {
    const { prisma, newId } = this.#parts;
    const me = this.#mine.identity;
    if ((await links.wrongGuesses(prisma, me.id, this.#at)) >= links.mostWrong)
      return heard(say.tooManyWrong());
    const { found, near } = await links.findByCode(prisma, code, this.#at);
    const asker = found && (await links.speaker(prisma, found.askerId));
    const there = asker?.conversations[0];
    if (!found || !asker || !there) {
      const guess = { id: newId(), identityId: me.id, at: this.#at };
      // Letters alone, where secrets are handled, may be one.
      const answer = !said && atSecretStep ? null : heard(say.wrongCode());
      const noted: Also = async (tx) => {
        await links.guessedWrong(tx, guess, near);
        return true;
      };
      return answer && { ...answer, also: noted };
    }
    if (asker.id === me.id) return heard(say.ownCode());
    const hindrance = await this.#hindrance(asker.personId);
    if (hindrance) return heard(hindrance);
    return {
      ...heard(),
      rows: [
        links.edit(newId(), there.id, found.codePost, say.codeOver()),
        {
          id: found.askerPost,
          conversationId: there.id,
          op: 'post',
          targetId: null,
          message: say.question(found.id, links.sideOf(me)),
        },
        this.#post(found.typerPost, say.question(found.id, links.sideOf(asker))),
      ],
      also: async (tx) => {
        const expiresAt = new Date(this.#at.getTime() + links.lifetime);
        if (!(await links.change(tx, found, { status: 'claimed', typerId: me.id, expiresAt }))) return false;
        await links.forgetCode(tx, found);
        await links.touch(tx, there.id);
        return true;
      },
    };
  }

  /** Yes, no, or which journey. */
  async press({ verb, about = '', arg }: Action): Promise<Reply> {
    const { prisma } = this.#parts;
    const link = uuid.test(about) ? await prisma.link.findUnique({ where: { id: about } }) : null;
    const me = this.#mine.identity.id;
    if (!link || (link.askerId !== me && link.typerId !== me)) return heard(say.notYours());
    if (link.status === 'merged') return heard(say.alreadyLinked());
    const other = await links.speaker(prisma, link.askerId === me ? (link.typerId ?? '') : link.askerId);
    const there = other?.conversations[0];
    if (!other || !there || link.status !== 'claimed' || link.expiresAt <= this.#at) return heard(say.over());
    if (verb === 'link-no')
      return this.#end(link, say.refused(null), say.refused(links.sideOf(this.#mine.identity)));
    const hindrance = await this.#hindrance(other.personId);
    if (hindrance) return this.#end(link, hindrance, hindrance);
    return this.#yes(link, other, there.id, arg);
  }

  async #yes(
    link: links.Link,
    other: links.Speaker,
    there: string,
    chosen: string | undefined,
  ): Promise<Reply> {
    const { newId, journal } = this.#parts;
    const asker = link.askerId === this.#mine.identity.id;
    const [myPost, theirPost] = asker ? [link.askerPost, link.typerPost] : [link.typerPost, link.askerPost];
    const here = this.#mine.conversation.id;
    const agreed = asker ? { askerYes: true } : { typerYes: true };
    const edited = (message: Message) => links.edit(newId(), here, myPost, message);
    if (!(asker ? link.typerYes : link.askerYes)) {
      return {
        ...heard(),
        rows: [edited(say.waitingFor(link.id, links.sideOf(other)))],
        also: (tx) => links.change(tx, link, agreed),
      };
    }
    const theirs = await journal.load(other);
    if (!theirs) return heard(say.over());
    const keep = whichGoesOn(this.#mine, theirs, chosen);
    if (keep === null) {
      const message = say.whichOne(link.id, [await this.#choice(this.#mine), await this.#choice(theirs)]);
      const rows = [
        edited(message),
        links.edit(newId(), there, theirPost, say.choosing(links.sideOf(this.#mine.identity))),
      ];
      return { ...heard(), rows, also: (tx) => links.change(tx, link, agreed) };
    }
    const left = keep === 'mine' ? theirs : this.#mine;
    const going = keep === 'mine' ? this.#mine : theirs;
    const ending = await this.#parts.plan(
      left,
      { type: 'merged', into: going.journey.id },
      { kind: 'employee' },
    );
    const joined = join({ mine: this.#mine, other: theirs, keep, ending, newId });
    return {
      ...joined,
      rows: [
        edited(say.linked(links.sideOf(other))),
        links.edit(newId(), there, theirPost, say.linked(links.sideOf(this.#mine.identity))),
        ...(joined.rows ?? []),
      ],
      also: async (tx) =>
        (await links.change(tx, link, { ...agreed, status: 'merged' })) && (await joined.also?.(tx)) === true,
    };
  }

  /** Where else this person speaks, and whether to part this chat from there. */
  async unlink(): Promise<Reply> {
    const others = await this.#others();
    return heard(others.length === 0 ? say.nothingLinked() : say.partQuestion(others.map(links.sideOf)));
  }

  /** The journey stays with the other chats; here a new person stands at the beginning. */
  async part(): Promise<Reply> {
    const { newId, flowOf, flowId } = this.#parts;
    if ((await this.#others()).length === 0) return heard(say.nothingLinked());
    const { identity, person } = this.#mine;
    const flow = await flowOf(flowId);
    const state = newJourney(flow, this.#at.getTime());
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
          data: { id: personId, displayName, timeZone: person.timeZone, createdAt: this.#at },
        });
        await tx.journey.create({
          data: { ...journey, personId, createdAt: this.#at, since: this.#at, heardAt: this.#at },
        });
        const moved = await tx.identity.updateMany({
          where: { id: identity.id, personId: person.id },
          data: { personId },
        });
        return moved.count === 1;
      },
    };
  }

  #others() {
    const { person, identity } = this.#mine;
    return this.#parts.prisma.identity.findMany({ where: { personId: person.id, id: { not: identity.id } } });
  }

  /** Why these two cannot be one person; null: they may. */
  async #hindrance(otherPerson: string): Promise<Message | null> {
    const { person } = this.#mine;
    if (otherPerson === person.id) return say.alreadyLinked();
    const all = await this.#parts.prisma.identity.findMany({
      where: { personId: { in: [person.id, otherPerson] } },
    });
    const places = all.map(say.placeName);
    const twice = places.find((place, i) => places.indexOf(place) !== i);
    return twice === undefined ? null : say.samePlace(twice);
  }

  async #choice(snapshot: Snapshot) {
    const flow = await this.#parts.flowOf(snapshot.journey.flowId);
    const state = journeyState.parse(snapshot.journey.state);
    const scene = { flow, openIssues: new Set(snapshot.openIssues) };
    const line = state.status === 'done' ? 'The finished one' : lineOf(scene, state.step);
    return {
      journey: snapshot.journey.id,
      line,
      where: say.placeName(snapshot.identity).split(',')[0] ?? '',
    };
  }

  async #end(link: links.Link, here: Message, there: Message): Promise<Reply> {
    const rows = await this.#closing(link, here, there);
    return { ...heard(), rows, also: (tx) => links.change(tx, link, { status: 'void' }) };
  }

  async #closing(link: links.Link, here: Message, there: Message): Promise<OutboxEntry[]> {
    const rows = await closing(this.#parts, link, (side) => (side === this.#mine.identity.id ? here : there));
    // A press is answered by the first of one's own messages.
    return rows.sort(
      (a, b) =>
        Number(b.conversationId === this.#mine.conversation.id) -
        Number(a.conversationId === this.#mine.conversation.id),
    );
  }

  #post(id: string, message: Message): OutboxEntry {
    return { id, conversationId: this.#mine.conversation.id, op: 'post', targetId: null, message };
  }
}

/** The one that was begun; both: what the person chose, or null where they must be asked. */
function whichGoesOn(mine: Snapshot, theirs: Snapshot, chosen: string | undefined): 'mine' | 'other' | null {
  if (theirs.journey.status === 'new') return 'mine';
  if (mine.journey.status === 'new') return 'other';
  if (chosen === mine.journey.id) return 'mine';
  return chosen === theirs.journey.id ? 'other' : null;
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
    sides.map(async ({ identity, post }) => {
      const there = (await links.speaker(prisma, identity))?.conversations[0];
      const words = link.status === 'open' ? say.codeOver() : message(identity);
      return there ? [links.edit(newId(), there.id, post, words)] : [];
    }),
  );
  return rows.flat();
}

function heard(message?: Message): Reply {
  return { event: { type: 'heard' }, messages: message ? [message] : [] };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
