import { homedir } from 'node:os';
import { join } from 'node:path';

/** The agent's own folder: `--home DIR`, else in the person's profile. Nothing else of the computer is written to. */
export function agentHome(
  option: string | undefined,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string {
  if (option !== undefined && option !== '') return option;
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'eca-agent');
  return join(homedir(), '.eca-agent');
}

/** Files in the agent's home that hold the trust bundle and the pinned fingerprints, as the server sent them. */
export const TRUST_BUNDLE_FILE = 'trust-bundle';
export const TRUST_ROOTS_FILE = 'trust-roots';
