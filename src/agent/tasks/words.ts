import { type ActionName, actionName, actions } from '../protocol/actions.ts';
import type { Outcome } from '../protocol/command.ts';
import { printable } from '../terminal/printable.ts';

/** What an action does, for the person whose computer it is. */
export function deedWords(action: string, parameters: unknown): string {
  const install = actions['opensc.install'].parameters.safeParse(parameters).data;
  const watch = actions['token.watch'].parameters.safeParse(parameters).data;
  const words: Record<ActionName, string> = {
    'system.inspect': 'look at which computer and system this is',
    'opensc.inspect': 'look whether OpenSC, the software for tokens, is installed',
    'token.inspect': 'look at the token and its certificates (never the PIN)',
    'token.watch': `watch for the token being put in and taken out, for up to ${watch?.minutes ?? 0} minutes`,
    'opensc.install': `install OpenSC ${install?.version ?? ''}, the software for tokens`,
    'system.restart': 'restart this computer',
  };
  const known = actionName.safeParse(action).data;
  return known !== undefined ? words[known] : `do something unknown ("${printable(action.slice(0, 64))}")`;
}

const STATUS: Record<Outcome['status'], string> = {
  done: 'Done',
  declined: 'Declined',
  'timed-out': 'Timed out',
  failed: 'Failed',
  refused: 'Refused',
};

/** One receipt: "Done: look at which computer and system this is." */
export function receiptWords(action: string, parameters: unknown, outcome: Outcome): string {
  const why =
    outcome.status === 'failed' || outcome.status === 'refused'
      ? printable(` ${outcome.message} (${outcome.code})`)
      : '';
  return `${STATUS[outcome.status]}: ${deedWords(action, parameters)}.${why}`;
}
