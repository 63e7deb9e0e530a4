import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Executor } from '../../../src/agent/actions/executor.ts';
import { runCommandLine } from '../../../src/agent/cli/program.ts';
import { realSurface } from '../../../src/agent/cli/real-surface.ts';
import { AgentError } from '../../../src/agent/errors.ts';

/** The agent as `src/agent/main.ts` starts it, but for what `AGENT_TEST` (JSON) says. */
export const testWorld = z.object({
  consentMs: z.int().optional(),
  answerMs: z.int().optional(),
  heartbeatMs: z.int().optional(),
  lockWaitMs: z.int().optional(),
  limitMs: z.int().optional(),
  /** Milliseconds to add to the clock. */
  clockOff: z.int().optional(),
  bootedAt: z.int().optional(),
  hostname: z.string().optional(),
  /** A folder in which the stand-in for the executor keeps what it did; without it, the real one serves. */
  executor: z.string().optional(),
});
export type TestWorld = z.output<typeof testWorld>;

const world = testWorld.parse(JSON.parse(process.env.AGENT_TEST ?? '{}'));
const real = realSurface();
const { limitMs } = world;
const aWhile = new Int32Array(new SharedArrayBuffer(4));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  ...real,
  input: process.stdin,
  clock: () => new Date(Date.now() + (world.clockOff ?? 0)),
  executor: world.executor === undefined ? real.executor : standIn(world.executor),
  computer: {
    ...real.computer,
    hostname: world.hostname ?? real.computer.hostname,
    bootedAt: () => world.bootedAt ?? real.computer.bootedAt(),
    // `system.inspect` reads it, and is over at once: only a wait that blocks can hold it up.
    get arch() {
      while (looksAreHeld()) Atomics.wait(aWhile, 0, 0, 20);
      return real.computer.arch;
    },
  },
  timing: {
    ...real.timing,
    consentMs: world.consentMs ?? real.timing.consentMs,
    answerMs: world.answerMs ?? real.timing.answerMs,
    heartbeatMs: world.heartbeatMs ?? real.timing.heartbeatMs,
    lockWaitMs: world.lockWaitMs ?? real.timing.lockWaitMs,
    pollMs: 50,
    backOff: { fromMs: 50, toMs: 400 },
    limitMs: limitMs === undefined ? real.timing.limitMs : () => limitMs,
  },
});

/** While there is a file `hold-looks` in the executor's folder, the looks at the system and at OpenSC do not end. */
function looksAreHeld(): boolean {
  return world.executor !== undefined && existsSync(join(world.executor, 'hold-looks'));
}

/**
 * A stand-in for what changes a computer. `done.log` lists what it did; `installed` holds the version; while there is
 * a file `hold`, it goes on for ever; `fail` makes it fail.
 */
function standIn(folder: string): Executor {
  const did = (what: string): void => appendFileSync(join(folder, 'done.log'), `${what}\n`);
  const held = async (): Promise<void> => {
    while (existsSync(join(folder, 'hold'))) await delay(20);
    if (existsSync(join(folder, 'fail')))
      throw new AgentError('no-rights', 'Ask your IT: it may not be installed.');
  };
  const installed = join(folder, 'installed');
  return {
    async installed() {
      while (looksAreHeld()) await delay(20);
      return existsSync(installed) ? readFileSync(installed, 'utf8').trim() : null;
    },
    async install(version) {
      did(`install ${version}`);
      await held();
      return { version, restartNeeded: true };
    },
    async restart() {
      did('restart');
      await held();
    },
  };
}
