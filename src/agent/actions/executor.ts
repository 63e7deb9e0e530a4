import { AgentError } from '../errors.ts';
import type { InstallReport } from '../protocol/reports.ts';

/** What changes the computer, by the employee's yes. Failures are thrown as `AgentError` with a code and plain words. */
export interface Executor {
  /** The version of OpenSC as the system's own installer knows it; null where it cannot tell. */
  installed(): Promise<string | null>;
  install(version: string): Promise<InstallReport>;
  /** Asks the system to restart; resolves as soon as it has agreed to. */
  restart(): Promise<void>;
}

/** For computers that the agent cannot change yet. */
export const noExecutor: Executor = {
  installed: async () => null,
  install: () => Promise.reject(notHere('install OpenSC')),
  restart: () => Promise.reject(notHere('restart it')),
};

function notHere(what: string): AgentError {
  return new AgentError(
    'not-on-this-computer',
    `Please do it yourself: on this computer the agent cannot ${what}.`,
  );
}
