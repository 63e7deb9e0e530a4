import type { Also } from '../../store/journal.ts';
import type { Reply } from '../engine/reply.ts';
import { withheld } from '../speech/answers.ts';
import { newCode } from './code.ts';
import * as links from './links.ts';
import * as say from './say.ts';
import { closingHere, heard, hindrance, post, sideOf, type Turn } from './turn.ts';

/** A code is given; an earlier one, and what was asked because of it, is over. */
export async function ask(turn: Turn): Promise<Reply> {
  const { prisma, newId, random } = turn;
  const me = turn.mine.identity.id;
  if ((await links.asked(prisma, me, turn.at)) >= links.mostAsked) return heard(say.tooManyAsked());
  const earlier = await links.underWay(prisma, me);
  const code = newCode(random);
  const kept = await links.kept(code);
  const link = { id: newId(), askerId: me, codePost: newId(), askerPost: newId(), typerPost: newId() };
  const shown = post(turn, link.codePost, say.codeGiven(code, earlier.length > 0));
  const ended = await Promise.all(earlier.map((one) => closingHere(turn, one, say.over(), say.over())));
  return {
    ...heard(),
    rows: [...ended.flat(), shown],
    also: async (tx) => {
      for (const one of earlier) {
        if (!(await links.change(tx, one, { status: 'void' }))) return false;
        await links.forgetCode(tx, one);
      }
      await links.open(tx, link, kept, turn.at);
      return true;
    },
  };
}

export interface TypedCode {
  code: string;
  /** With the word. */
  said: boolean;
  atSecretStep: boolean;
}

/** A code was typed: both sides are shown whom they would link to. */
export async function typed(turn: Turn, { code, said, atSecretStep }: TypedCode): Promise<Reply> {
  const { prisma, newId } = turn;
  const me = turn.mine.identity;
  // Letters alone, where secrets are handled, may be one.
  const hidden = !said && atSecretStep ? withheld('secret-step') : null;
  if ((await links.wrongGuesses(prisma, me.id, turn.at)) >= links.mostWrong)
    return heard(hidden ?? say.tooManyWrong());
  const { found, near } = await links.findByCode(prisma, code, turn.at);
  const asker = found && (await links.speaker(prisma, found.askerId));
  const there = asker?.conversations[0];
  if (!found || !asker || !there) {
    const guess = { id: newId(), identityId: me.id, at: turn.at };
    const noted: Also = async (tx) => {
      await links.guessedWrong(tx, guess, near);
      return true;
    };
    return { ...heard(hidden ?? say.wrongCode()), also: noted };
  }
  if (asker.id === me.id) return heard(say.ownCode());
  const reason = await hindrance(turn, asker.personId);
  if (reason) return heard(reason);
  return {
    ...heard(),
    rows: [
      links.edit(newId(), there.id, found.codePost, say.codeOver()),
      {
        id: found.askerPost,
        conversationId: there.id,
        op: 'post',
        targetId: null,
        message: say.question(found.id, sideOf(turn, me)),
      },
      post(turn, found.typerPost, say.question(found.id, sideOf(turn, asker))),
    ],
    also: async (tx) => {
      const expiresAt = new Date(turn.at.getTime() + links.lifetime);
      if (!(await links.change(tx, found, { status: 'claimed', typerId: me.id, expiresAt }))) return false;
      await links.forgetCode(tx, found);
      await links.touch(tx, there.id);
      return true;
    },
  };
}
