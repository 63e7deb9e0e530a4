import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../errors.ts';
import { lockHome } from '../home/lock.ts';
import { readPairing } from '../home/pairing-file.ts';
import { agentHome } from '../home.ts';
import { ownModeFrom, refuseWhereOff } from '../own-mode.ts';
import { openTerminal } from '../terminal/terminal.ts';
import { EXIT, type Surface } from './surface.ts';

const Options = z.object({
  module: z.string().min(1).optional(),
  home: z.string().min(1).optional(),
});

/** Adds `run [--home DIR] [--module FILE]`. */
export function addRun(program: Command, surface: Surface, exit: (code: number) => void): void {
  program
    .command('run')
    .description('keep the link to the help desk, and do what it asks and you allow')
    .option(
      '--module <file>',
      'the PKCS#11 module to use (default: the one named at pairing, else PKCS11_MODULE, else OpenSC)',
    )
    .option('--home <dir>', "the agent's folder")
    .action(async (given: unknown) => {
      const { module, home } = Options.parse(given);
      exit(await runHere(surface, module, agentHome(home, surface.env, surface.platform)));
    });
}

async function runHere(surface: Surface, module: string | undefined, home: string): Promise<number> {
  const ownMode = ownModeFrom(surface.env);
  refuseWhereOff(ownMode);
  const found = readPairing(home, surface.platform);
  if (found === null) throw notPaired();
  const lost = new AbortController();
  const signal = AbortSignal.any([surface.stopSignal(), lost.signal]);
  const unlock = await lockHome(home, surface.timing.lockWaitMs, () => lost.abort());
  try {
    // Read again: while the lock was waited for, another pairing may have been made.
    const pairing = readPairing(home, surface.platform);
    if (pairing === null) throw notPaired();
    const terminal = openTerminal(surface.input, surface.out);
    const { run } = await import('../run.ts');
    const end = await run({ ...surface, home, pairing, module, ownMode, terminal, signal });
    if (end === 'unpaired') {
      surface.out(
        'This computer is no longer paired: its key is deleted. Pair it again with a new code from the chat.\n',
      );
      return EXIT.notConfirmed;
    }
    if (lost.signal.aborted)
      throw new AgentError(
        'lock-lost',
        'Start the agent again: its folder was taken by another one, or the computer slept.',
      );
    surface.out('The agent has ended.\n');
    return EXIT.ok;
  } finally {
    if (!lost.signal.aborted) await unlock();
  }
}

function notPaired(): AgentError {
  return new AgentError(
    'not-paired',
    'Pair this computer first: type "pair" in the chat, and it tells you the command.',
  );
}
