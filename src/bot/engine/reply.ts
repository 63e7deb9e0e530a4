import type { Flow } from '../../flows/compiled.ts';
import type { JourneyEvent } from '../../flows/event.ts';
import { findProblems } from '../../flows/search.ts';
import type { JourneyState } from '../../flows/state.ts';
import type { Also, OutboxEntry, Snapshot } from '../../store/journal.ts';
import type { Message } from '../message.ts';
import * as answers from '../speech/answers.ts';
import { makerFor } from '../speech/buttons.ts';
import type { House } from '../speech/house.ts';
import type { Intent } from './intent.ts';

/** What an intent means to the journey, and what is said beside it. */
export interface Reply {
  event: JourneyEvent;
  messages: Message[];
  /** To be kept, apart from the history. */
  text?: string;
  /** Messages beside the conversation's own flow: to somebody else, or changing one that a side talk has sent. */
  rows?: OutboxEntry[];
  /** What must happen with it, in one transaction. */
  also?: Also;
  /** Another standpoint than the speaker's own journey: the one that goes on after two were joined. */
  on?: Snapshot;
  /** The journey that ends with it. */
  ends?: string;
}

export interface Talk {
  flow: Flow;
  journey: string;
  state: JourneyState;
  openIssues: ReadonlySet<string>;
  house: House;
}

const heard: JourneyEvent = { type: 'heard' };

export function replyTo(talk: Talk, intent: Intent): Reply {
  switch (intent.kind) {
    case 'event':
      return { event: intent.event, messages: [] };
    case 'word':
      return { event: heard, messages: [wordMessage(talk, intent.word)] };
    case 'press':
      return { event: { type: 'show' }, messages: [] };
    case 'search':
      return search(talk, intent.text);
    case 'describe':
      return { event: { type: 'human' }, messages: [], text: intent.text };
    case 'code':
      return {
        event: heard,
        messages: [intent.atSecretStep ? answers.withheld('secret-step') : answers.notHere('link')],
      };
    case 'withheld':
      return { event: heard, messages: [answers.withheld(intent.why)] };
    case 'files':
      return { event: heard, messages: [answers.filesText()] };
    case 'edited':
      return { event: heard, messages: [answers.editedText()] };
    case 'opened':
      return { event: { type: 'show' }, messages: [] };
    case 'nothing':
      return { event: heard, messages: [] };
  }
}

function wordMessage({ house }: Talk, word: string): Message {
  if (word === 'help') return answers.helpText(house);
  if (word === 'privacy') return answers.privacyText();
  return answers.notHere(word);
}

function search(talk: Talk, text: string): Reply {
  const { flow, state, openIssues, journey } = talk;
  if (state.status === 'new') return { event: { type: 'show' }, messages: [], text };
  if (!/[\p{L}\p{N}]/u.test(text)) return { event: heard, messages: [answers.noted()] };
  const found = findProblems(flow, state.step, text, openIssues);
  const make = makerFor({ journey, step: state.step, revision: state.revision });
  const message = found.length > 0 ? answers.guesses(found, make) : answers.notUnderstood();
  return { event: heard, messages: [message], text };
}
