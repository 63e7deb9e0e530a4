import type { FlowStep } from '../compiled.ts';
import type { AgentTask, Evidence } from '../flow.ts';
import type { JourneyState } from '../state.ts';
import { stepOf, type Turn } from './turn.ts';

/** What a computer proves, how long that counts, and how it is asked to look. Pure. */

/** Stays true once proven; the others are of the moment and must be newer than the step. */
const lasting: ReadonlySet<Evidence> = new Set(['windows', 'opensc-installed']);

/** Settles a step by itself; that a token is in or out only supports what the person says. */
const settling: ReadonlySet<Evidence> = new Set(['windows', 'opensc-installed', 'restarted', 'certificate']);

const looks: Readonly<Record<Evidence, AgentTask | null>> = {
  windows: 'system.inspect',
  'opensc-installed': 'opensc.inspect',
  // The computer tells of its restart itself, when it comes back.
  restarted: null,
  'token-absent': 'token.inspect',
  'token-present': 'token.inspect',
  certificate: 'token.inspect',
};

export function isHeld(state: JourneyState, fact: Evidence): boolean {
  const at = state.evidence[fact];
  return at !== undefined && (lasting.has(fact) || at >= state.enteredAt);
}

/** Whether all that the step's evidence asks for is proven. */
export function isProven(state: JourneyState, step: FlowStep): boolean {
  return step.evidence.length > 0 && step.evidence.every((fact) => isHeld(state, fact));
}

/** Whether the proof finishes the step without a word of the person's. */
export function settlesItself(state: JourneyState, step: FlowStep): boolean {
  const asksMore = step.identity !== undefined || step.ask !== undefined;
  const answered = step.answers.length === 0 || step.answers.some((answer) => answer.proven);
  return !asksMore && answered && step.evidence.every((fact) => settling.has(fact)) && isProven(state, step);
}

/** Asks the paired computer, if there is one, to look for what is not proven yet. */
export function lookFor(turn: Turn, facts: readonly Evidence[], asked: boolean): void {
  const { computer } = turn.state;
  if (computer === null) return;
  const missing = facts.filter((fact) => asked || !isHeld(turn.state, fact));
  const tasks = new Set(missing.flatMap((fact) => looks[fact] ?? []));
  for (const task of tasks) turn.effects.push({ type: 'ask-agent', device: computer.device, task, asked });
}

export function lookHere(turn: Turn, asked = false): void {
  lookFor(turn, stepOf(turn).evidence, asked);
}
