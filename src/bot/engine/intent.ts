import { type EmployeeEvent, employeeEvent } from '../../flows/event.ts';
import type { Action } from '../action.ts';
import type { Said } from '../incoming.ts';
import { maybeSecret } from '../screening.ts';
import { type Word, wordIn } from '../words.ts';

/** What somebody means, after screening: from here on no text is carried that may hold a secret. */
export type Intent =
  | { kind: 'event'; event: EmployeeEvent }
  | { kind: 'word'; word: Word }
  /** A press that belongs to a side talk: pairing, linking, the help desk. */
  | { kind: 'press'; action: Action; value: string | null }
  | { kind: 'search'; text: string }
  /** Described in a form what is in the way. */
  | { kind: 'describe'; text: string }
  | { kind: 'withheld'; why: 'secret-step' | 'looks-secret' }
  | { kind: 'files' }
  | { kind: 'edited' }
  | { kind: 'opened' }
  /** Nothing to answer: an emoji on a message, a deleted message. */
  | { kind: 'nothing' };

/** Longer than this is not a question but something pasted; it is searched by its beginning. */
const enough = 500;

/** @param atSecretStep whether the person stands at a step where secrets are handled. */
export function intentOf(said: Said, atSecretStep: boolean): Intent {
  switch (said.kind) {
    case 'text':
      return ofText(said.text, said.files, atSecretStep);
    case 'press':
      return ofPress(said.action, said.value, atSecretStep);
    case 'opened':
      return { kind: 'opened' };
    case 'edited':
      return { kind: 'edited' };
    case 'deleted':
    case 'reacted':
      return { kind: 'nothing' };
  }
}

const wordEvents: ReadonlySet<string> = new Set([
  'start',
  'done',
  'back',
  'stuck',
  'pause',
  'resume',
  'human',
]);

function ofWord(word: Word): Intent {
  if (word === 'status') return { kind: 'event', event: { type: 'show' } };
  const event = wordEvents.has(word) ? employeeEvent.safeParse({ type: word }) : undefined;
  return event?.success ? { kind: 'event', event: event.data } : { kind: 'word', word };
}

function ofText(text: string, files: number, atSecretStep: boolean): Intent {
  const word = wordIn(text);
  if (word !== null) return ofWord(word);
  const withheld = screened(text, atSecretStep);
  if (withheld) return withheld;
  if (files > 0) return { kind: 'files' };
  return { kind: 'search', text: text.trim().slice(0, enough) };
}

function screened(text: string, atSecretStep: boolean): Intent | null {
  if (text.trim() === '') return null;
  if (atSecretStep) return { kind: 'withheld', why: 'secret-step' };
  return maybeSecret(text) ? { kind: 'withheld', why: 'looks-secret' } : null;
}

function ofPress(action: Action, value: string | undefined, atSecretStep: boolean): Intent {
  if (action.verb === 'word')
    return action.arg === undefined ? { kind: 'nothing' } : ofText(action.arg, 0, true);
  if (action.verb === 'describe') {
    const text = (value ?? '').trim();
    return screened(text, atSecretStep) ?? { kind: 'describe', text: text.slice(0, enough) };
  }
  const event = employeeEvent.safeParse({
    type: action.verb,
    ...(action.step !== undefined && { step: action.step }),
    ...(action.revision !== undefined && { revision: action.revision }),
    ...(action.verb === 'answer' && { answer: action.arg }),
    ...(action.verb === 'problem' && { problem: action.arg }),
    ...(action.verb === 'let-computer' && { action: action.arg }),
    ...(action.verb === 'signed-on' && { date: value ?? null }),
  });
  return event.success
    ? { kind: 'event', event: event.data }
    : { kind: 'press', action, value: value ?? null };
}

/** What the inbox keeps of an event: its kind and ids, never its words. */
export function trace(said: Said, intent: Intent): Record<string, unknown> {
  if (said.kind === 'press') return { kind: 'press', action: said.action };
  if (intent.kind === 'event') return { kind: said.kind, event: intent.event.type };
  return { kind: said.kind, intent: intent.kind, ...(intent.kind === 'word' && { word: intent.word }) };
}
