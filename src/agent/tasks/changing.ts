import type { Executor } from '../actions/executor.ts';
import type { Journal } from '../home/journal.ts';
import type { Pairing } from '../home/pairing-file.ts';
import type { Receipts } from '../home/receipts.ts';
import { type ActionName, actions } from '../protocol/actions.ts';
import type { Outcome } from '../protocol/command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askConsent } from './consent.ts';
import { stopped, withinLimits } from './limits.ts';
import { deedWords } from './words.ts';

export interface ChangeWorld {
  readonly who: Pairing['who'];
  readonly journal: Pick<Journal, 'changing'>;
  readonly receipts: Receipts;
  readonly terminal: Terminal;
  readonly executor: Executor;
  readonly out: (text: string) => void;
  readonly consentMs: number;
  /** Whether this change may be done at this moment, as far as switch and settings go. */
  readonly mayDo: (action: ActionName) => boolean;
  /** A line that was typed as an answer and is none. */
  readonly onLine: (text: string) => void;
}

export interface Change {
  readonly task: string;
  readonly action: ActionName;
  readonly parameters: unknown;
  readonly limitMs: number;
  readonly stop: AbortSignal;
  /** It is being done from now on. */
  readonly onBegin: () => void;
}

/** Asks the person and does it after their yes. Null: the agent itself is ending. */
export async function change(world: ChangeWorld, wanted: Change): Promise<Outcome | null> {
  const { who, terminal, out } = world;
  const { task, action, parameters, stop } = wanted;
  const question = { action, parameters, who, ms: world.consentMs, signal: stop };
  const answer = await askConsent(terminal, question, world.onLine);
  if (stop.reason === 'stopping') return null;
  const mayNot = stop.aborted || !world.mayDo(action);
  if (answer !== 'yes' || mayNot) {
    out('\nNothing was changed.\n');
    if (answer === 'declined') return { status: 'declined' };
    return mayNot ? stopped(stop.aborted ? stop.reason : 'not-allowed') : { status: 'timed-out' };
  }
  wanted.onBegin();
  world.journal.changing(task);
  world.receipts.write(`Begun, after your yes: ${deedWords(action, parameters)}.`);
  out(`\nThank you. The agent will now ${deedWords(action, parameters)}.\n`);
  return withinLimits(action, wanted.limitMs, stop, (signal) => execute(world.executor, wanted, signal));
}

async function execute(
  executor: Executor,
  { action, parameters }: Change,
  signal: AbortSignal,
): Promise<unknown> {
  if (action === 'opensc.install')
    return executor.install(actions['opensc.install'].parameters.parse(parameters).version);
  await executor.restart();
  // The restart ends this program; the next start of it tells that it happened.
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no restart'))));
}
