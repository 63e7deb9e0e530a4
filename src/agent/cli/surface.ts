import type { SpawnChild } from '../pkcs11/run-child.ts';

/** The world as a command sees it; `main.ts` passes the real one, tests may pass another. */
export interface Surface {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly clock: () => Date;
  readonly spawnChild: SpawnChild;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Exit codes of every command. */
export const EXIT = { ok: 0, notConfirmed: 1, couldNot: 2, usage: 64 } as const;
