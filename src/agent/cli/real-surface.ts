import { thisComputer } from '../actions/computer.ts';
import { noExecutor } from '../actions/executor.ts';
import { spawnFromSource } from '../pkcs11/run-child.ts';
import { actions, consentTime } from '../protocol/actions.ts';
import { linkLimits } from '../protocol/frames.ts';
import type { Surface } from './surface.ts';

/** The world as it is. */
export function realSurface(): Surface {
  return {
    env: process.env,
    platform: process.platform,
    clock: () => new Date(),
    spawnChild: spawnFromSource(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    // Only touched by commands that ask something.
    get input() {
      return process.stdin;
    },
    computer: thisComputer(process.platform, Date.now),
    executor: noExecutor,
    random: Math.random,
    stopSignal,
    timing: {
      consentMs: consentTime,
      answerMs: 120_000,
      pollMs: 1_000,
      heartbeatMs: linkLimits.heartbeat,
      backOff: { fromMs: 1_000, toMs: 60_000 },
      lockWaitMs: 12_000,
      limitMs: (action) => actions[action].seconds * 1_000,
    },
  };
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  return stop.signal;
}
