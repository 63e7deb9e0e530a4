import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { AgentError, systemCode } from '../errors.ts';

/** After so long without a sign of life a lock is taken for that of a dead agent. */
const STALE_MS = 10_000;

/**
 * Takes the agent's folder for one `run`.
 *
 * @param waitMs how long to wait for a lock that a killed agent may have left
 * @param onLost the lock was taken away from us
 * @returns gives it back
 * @throws AgentError `runs-already`
 */
export async function lockHome(
  home: string,
  waitMs: number,
  onLost: () => void,
): Promise<() => Promise<void>> {
  const pause = Math.min(500, waitMs);
  try {
    return await lockfile.lock(home, {
      lockfilePath: join(home, 'run.lock'),
      stale: STALE_MS,
      update: 2_000,
      retries: {
        retries: pause === 0 ? 0 : Math.ceil(waitMs / pause),
        factor: 1,
        minTimeout: pause,
        maxTimeout: pause,
      },
      onCompromised: onLost,
    });
  } catch (error) {
    if (systemCode(error) !== 'ELOCKED') throw error;
    throw new AgentError(
      'runs-already',
      'The agent runs already on this account: look for its window, or end it there with Ctrl-C first.',
    );
  }
}
