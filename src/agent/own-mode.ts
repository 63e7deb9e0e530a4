import { AgentError } from './errors.ts';
import { type AgentMode, agentMode } from './protocol/actions.ts';

/**
 * What this computer itself lets agents do: its own AGENT setting. Where it is not set, the organisation's word and
 * the person's yes decide alone.
 *
 * @throws AgentError `bad-setting`
 */
export function ownModeFrom(env: NodeJS.ProcessEnv): AgentMode {
  const set = env.AGENT;
  if (set === undefined || set === '') return 'change';
  const read = agentMode.safeParse(set);
  if (read.success) return read.data;
  throw new AgentError('bad-setting', `The setting AGENT is "${set}": write off, look or change.`);
}

/** @throws AgentError `switched-off-here` */
export function refuseWhereOff(mode: AgentMode): void {
  if (mode !== 'off') return;
  throw new AgentError(
    'switched-off-here',
    'This computer is set to do without the agent (AGENT=off). Ask your IT if you need it.',
  );
}
