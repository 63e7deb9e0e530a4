import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { deedWords } from './words.ts';

export interface ConsentQuestion {
  readonly action: string;
  readonly parameters: unknown;
  readonly who: { readonly name: string; readonly organisation: string };
  /** How long (ms) there is to say yes. */
  readonly ms: number;
  readonly signal: AbortSignal;
}

/**
 * Asks the person at the computer for a change. Only the typed word "yes" is a yes. `declined`: they answered
 * otherwise. `timed-out`: nobody answered, or nobody could.
 *
 * @param onLine what else was typed, which may have been meant for the agent
 */
export async function askConsent(
  terminal: Terminal,
  { action, parameters, who, ms, signal }: ConsentQuestion,
  onLine: (text: string) => void,
): Promise<'yes' | 'declined' | 'timed-out'> {
  const bar = '='.repeat(72);
  const question = [
    '',
    bar,
    `The help desk of ${printable(who.organisation)} asks, for ${printable(who.name)}:`,
    '',
    `    May the agent ${deedWords(action, parameters).toUpperCase()}?`,
    '',
    `Type yes to allow it. Anything else, or no answer within ${duration(ms)}, means no.`,
    bar,
    '> ',
  ].join('\n');
  const answer = await terminal.ask(question, ms, signal);
  if (answer.kind !== 'line') return 'timed-out';
  if (answer.text === 'yes') return 'yes';
  onLine(answer.text);
  return 'declined';
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 && seconds > 0
    ? `${seconds / 60} minute${seconds === 60 ? '' : 's'}`
    : `${seconds} seconds`;
}
