import type { Executor } from '../actions/executor.ts';
import type { Entry } from '../home/journal.ts';
import { actions } from '../protocol/actions.ts';
import type { Outcome } from '../protocol/command.ts';

/**
 * The true end of a task that was in hand when the agent, or the whole computer, went down. A change that had begun
 * is judged by what is so now, never done again.
 */
export async function outcomeAfterRestart(
  entry: Entry,
  bootedAt: number,
  installed: Executor['installed'],
): Promise<Outcome> {
  if (entry.state === 'changing' && entry.action === 'system.restart' && bootedAt > entry.since)
    return { status: 'done', report: { bootedAt } };
  if (entry.state === 'changing' && entry.action === 'opensc.install') {
    const wanted = actions['opensc.install'].parameters.safeParse(entry.parameters).data?.version;
    // Whether files in use wait for a restart is no longer known; none is needed after one.
    const restartNeeded = bootedAt <= entry.since;
    if (wanted !== undefined && (await installed()) === wanted)
      return { status: 'done', report: { version: wanted, restartNeeded } };
  }
  return {
    status: 'failed',
    code: 'interrupted',
    message: 'The agent was ended before this was finished.',
  };
}
