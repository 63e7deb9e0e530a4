import type { Agent, AgentState } from '../wire.ts';
import { ago, momentOf, span } from './time.ts';

/** The states, as headings; those first that can work. */
export const computerStates: readonly (readonly [AgentState, string])[] = [
  ['connected', 'Connected'],
  ['offline', 'Offline'],
  ['disabled', 'Switched off at the computer'],
  ['unpaired', 'No longer paired'],
];

/** In two parts, to stand one above the other: the state or how long it has lasted, and the rest. */
export function stateParts(computer: Agent, now: number): [string, string] {
  const { state, heardAt, pairedAt, unpairedAt, unpairedBy } = computer;
  if (state === 'connected') return ['Connected', `paired ${ago(pairedAt, now)}`];
  if (state === 'disabled') return ['Switched off', heardAt ? `heard ${ago(heardAt, now)}` : 'not heard yet'];
  if (state === 'unpaired') return [ago(unpairedAt ?? pairedAt, now), endOf(unpairedBy)];
  return heardAt ? [span(now - Date.parse(heardAt)), 'offline'] : ['Offline', 'not connected yet'];
}

const ends: Readonly<Record<string, string>> = {
  employee: 'by the employee',
  computer: 'at the computer',
  replaced: 'replaced by another',
  'journey-end': 'all steps done',
};

const endOf = (by: string | null) => ends[by ?? ''] ?? 'by the help desk';

const tones: Readonly<Partial<Record<AgentState, string>>> = { connected: 'success', disabled: 'warning' };

/** The state of a paired computer, in words. */
export function ComputerState({ computer, now }: { computer: Agent; now: number }) {
  const { state, heardAt } = computer;
  const words = computerStates.find(([known]) => known === state)?.[1];
  const since = heardAt ? `since ${momentOf(heardAt)}` : 'not connected yet';
  return (
    <p class="state">
      <span class={`badge strong ${tones[state] ?? ''}`}>{words}</span>
      {state === 'offline' && <span>{since}</span>}
      {state === 'connected' && heardAt && <span class="quiet">{`heard ${ago(heardAt, now)}`}</span>}
    </p>
  );
}
