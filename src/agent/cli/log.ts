import type { Command } from 'commander';
import { z } from 'zod';
import { readReceipts } from '../home/receipts.ts';
import { agentHome } from '../home.ts';
import type { Surface } from './surface.ts';

const Options = z.object({ home: z.string().min(1).optional() });

/** Adds `log [--home DIR]`. */
export function addLog(program: Command, surface: Surface): void {
  program
    .command('log')
    .description('print what the agent was asked on this computer, and what it did')
    .option('--home <dir>', "the agent's folder")
    .action((given: unknown) => {
      const { home } = Options.parse(given);
      const receipts = readReceipts(agentHome(home, surface.env, surface.platform));
      surface.out(receipts === '' ? 'Nothing was asked of this computer yet.\n' : receipts);
    });
}
