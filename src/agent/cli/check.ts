import type { Command } from 'commander';
import { z } from 'zod';
import { agentHome } from '../home.ts';
import { exitCodeOf } from '../verdict-codes.ts';
import { textOf } from './report-text.ts';
import type { Surface } from './surface.ts';

const Options = z.object({
  json: z.boolean().optional(),
  module: z.string().min(1).optional(),
  home: z.string().min(1).optional(),
});

const LOOK_DEADLINE_MS = 10_000;

/** Adds `check [--json] [--module FILE] [--home DIR]`. */
export function addCheck(program: Command, surface: Surface, exit: (code: number) => void): void {
  program
    .command('check')
    .description('look at this computer and its token, and say whether the right certificate is there')
    .option('--json', 'print one JSON document')
    .option('--module <file>', 'the PKCS#11 module to use (default: PKCS11_MODULE, else OpenSC)')
    .option('--home <dir>', "the agent's folder")
    .action(async (given: unknown) => {
      const { json, module, home } = Options.parse(given);
      const { env, platform, clock, spawnChild } = surface;
      const folder = agentHome(home, env, platform);
      // Reading certificates takes time to load, and only this command needs it.
      const { check } = await import('../check.ts');
      const report = await check({
        module,
        home: folder,
        env,
        platform,
        clock,
        spawnChild,
        deadlineMs: LOOK_DEADLINE_MS,
      });
      surface.out(json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
      exit(exitCodeOf(report.verdict));
    });
}
