import type { Readable } from 'node:stream';
import type { Computer } from '../actions/computer.ts';
import type { Executor } from '../actions/executor.ts';
import type { SpawnChild } from '../pkcs11/run-child.ts';
import type { ActionName } from '../protocol/actions.ts';

/** The world as a command sees it; `main.ts` passes the real one, tests may pass another. */
export interface Surface {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly clock: () => Date;
  readonly spawnChild: SpawnChild;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** What the person types. */
  readonly input: Readable;
  readonly computer: Computer;
  readonly executor: Executor;
  /** 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Aborts when the system, or Ctrl-C, asks the agent to end. Asked for by commands that end themselves. */
  readonly stopSignal: () => AbortSignal;
  readonly timing: Timing;
}

/** All in milliseconds. */
export interface Timing {
  /** To say yes to a change. */
  readonly consentMs: number;
  /** To say yes to a pairing. */
  readonly answerMs: number;
  /** Between questions whether the chat has answered. */
  readonly pollMs: number;
  readonly heartbeatMs: number;
  readonly backOff: { readonly fromMs: number; readonly toMs: number };
  /** For a lock that a killed agent may have left. */
  readonly lockWaitMs: number;
  readonly limitMs: (action: ActionName) => number;
}

/** Exit codes of every command. */
export const EXIT = { ok: 0, notConfirmed: 1, couldNot: 2, usage: 64 } as const;
