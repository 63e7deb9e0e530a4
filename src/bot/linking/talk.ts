import type { SideTalk } from '../engine.ts';
import { ask, typed } from './codes.ts';
import { press } from './consent.ts';
import { part, unlink } from './part.ts';
import type { LinkTalkParts } from './turn.ts';

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
      const turn = { ...parts, mine: snapshot, at: new Date(parts.clock()) };
      if (intent.kind === 'code') return typed(turn, intent);
      if (intent.kind === 'word') return intent.word === 'unlink' ? unlink(turn) : ask(turn);
      if (intent.kind !== 'press') return null;
      return intent.action.verb === 'link-part' ? part(turn) : press(turn, intent.action);
    },
  };
}
