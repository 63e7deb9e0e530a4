import { AgentError } from '../errors.ts';
import { type ActionName, actions } from '../protocol/actions.ts';
import type { Outcome } from '../protocol/command.ts';

/** Why a task is made to end before it has ended itself. */
export type StopReason = 'switched-off' | 'not-allowed' | 'stopping';

/** @returns the outcome; null: the agent itself is ending, and the task is looked after at the next start */
export async function withinLimits(
  action: ActionName,
  limitMs: number,
  stop: AbortSignal,
  act: (signal: AbortSignal) => Promise<unknown>,
): Promise<Outcome | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limitMs);
  const signal = AbortSignal.any([late.signal, stop]);
  try {
    const report = await Promise.race([act(signal), aborted(signal)]);
    return reported(action, report);
  } catch (error) {
    if (stop.aborted) return stopped(stop.reason);
    if (late.signal.aborted) return { status: 'timed-out' };
    if (error instanceof AgentError) return { status: 'failed', code: error.code, message: error.message };
    const detail = error instanceof Error ? error.message : String(error);
    return {
      status: 'failed',
      code: 'broken',
      message: `The agent could not do it: ${detail}`.slice(0, 2_000),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Something that cannot be ended is left behind: its children have deadlines of their own. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new Error('ended early'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

function reported(action: ActionName, report: unknown): Outcome {
  const size = Buffer.byteLength(JSON.stringify(report) ?? '');
  if (size > actions[action].bytes) {
    const message = `What was found is too long to be sent (${size} bytes of at most ${actions[action].bytes}).`;
    return { status: 'refused', code: 'too-long', message };
  }
  const read = actions[action].report.safeParse(report);
  if (read.success) return { status: 'done', report: read.data };
  return {
    status: 'failed',
    code: 'bad-report',
    message: 'What was found cannot be told in the agreed form.',
  };
}

/** What a task that was made to end has come to; null: the agent itself is ending. */
export function stopped(reason: unknown): Outcome | null {
  if (reason === 'stopping') return null;
  const message =
    reason === 'switched-off'
      ? 'The employee has switched the agent off.'
      : 'The help desk has stopped the agents.';
  return { status: 'failed', code: reason === 'switched-off' ? 'switched-off' : 'not-allowed', message };
}
