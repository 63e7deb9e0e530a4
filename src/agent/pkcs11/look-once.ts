import type { Look, ServiceState } from './messages.ts';
import { runChild, type SpawnChild } from './run-child.ts';

/** What one look brought back. `system` is what the service said before it, `after` what it said at the end. */
export interface OneLook {
  readonly outcome: 'looked' | 'failed' | 'timed-out';
  /** Why it failed, in the system's or the module's own words. */
  readonly detail: string | null;
  readonly system: ServiceState;
  readonly after: ServiceState;
  readonly look: Look | null;
}

const UNASKED: ServiceState = { service: 'unknown', readers: [] };

/**
 * One look, in its own child process. Never rejects.
 *
 * @param module path of the PKCS#11 module; `null`: ask the system's service only
 * @param deadlineMs after this the child is killed, whatever it is doing
 */
export async function lookOnce(
  spawnChild: SpawnChild,
  module: string | null,
  deadlineMs: number,
): Promise<OneLook> {
  const systems: ServiceState[] = [];
  let look: Look | null = null;
  let failure: string | null = null;
  const child = runChild(spawnChild, { kind: 'look', module, deadlineMs }, (answer) => {
    if (answer.kind === 'system') systems.push(answer.state);
    if (answer.kind === 'look') look = answer.look;
    if (answer.kind === 'failed') failure = answer.detail;
  });
  const end = await child.ended;
  const system = systems[0] ?? UNASKED;
  const said = { system, after: systems.at(-1) ?? system, look };
  // What was seen counts, even when the module then hung or crashed on its way out.
  if (look !== null || (module === null && end.kind === 'done'))
    return { outcome: 'looked', detail: null, ...said };
  if (end.kind === 'timed-out') return { outcome: 'timed-out', detail: null, ...said };
  const silent = 'it ended without an answer';
  return { outcome: 'failed', detail: failure ?? (end.kind === 'crashed' ? end.detail : silent), ...said };
}
