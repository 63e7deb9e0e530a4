import type { Command } from 'commander';
import { z } from 'zod';
import { openHome } from '../home/folder.ts';
import { lockHome } from '../home/lock.ts';
import { keepPairing, type Pairing, readPairing } from '../home/pairing-file.ts';
import { agentHome } from '../home.ts';
import { readServerAddress } from '../link/address.ts';
import { networkFor } from '../link/network.ts';
import { ownModeFrom, refuseWhereOff } from '../own-mode.ts';
import { codeFrom, pair } from '../pairing/pair.ts';
import { printable } from '../terminal/printable.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';
import { EXIT, type Surface } from './surface.ts';

const Options = z.object({
  server: z.string().min(1),
  module: z.string().min(1).optional(),
  home: z.string().min(1).optional(),
});

/** Adds `pair CODE --server URL [--home DIR] [--module FILE]`. */
export function addPair(program: Command, surface: Surface, exit: (code: number) => void): void {
  program
    .command('pair')
    .description('join this computer to your account, with the code from the chat')
    .argument('<code...>', 'the code that the chat gave you')
    .requiredOption('--server <url>', "the help desk's address, as the chat shows it")
    .option('--module <file>', 'the PKCS#11 module to use (default: PKCS11_MODULE, else OpenSC)')
    .option('--home <dir>', "the agent's folder")
    .action(async (code: unknown, given: unknown) => {
      const { server, module, home } = Options.parse(given);
      const asked = { code: z.array(z.string()).parse(code).join(''), server, module, home };
      exit((await pairHere(surface, asked)) ? EXIT.ok : EXIT.notConfirmed);
    });
}

interface Asked {
  readonly code: string;
  readonly server: string;
  readonly module: string | undefined;
  readonly home: string | undefined;
}

async function pairHere(surface: Surface, asked: Asked): Promise<boolean> {
  const { env, platform, clock, out, computer, timing } = surface;
  refuseWhereOff(ownModeFrom(env));
  const code = codeFrom(asked.code);
  const url = readServerAddress(asked.server);
  const home = agentHome(asked.home, env, platform);
  openHome(home, platform);
  const unlock = await lockHome(home, timing.lockWaitMs, () => {});
  const terminal = openTerminal(surface.input, out);
  const signal = surface.stopSignal();
  try {
    const before = readPairing(home, platform);
    if (before !== null && !(await mayReplace(terminal, before, timing.answerMs, signal))) {
      out('\nNothing was changed: the pairing stays as it was.\n');
      return false;
    }
    const made = await pair({
      server: { url, agent: networkFor(url, env), clock },
      code,
      computer: { hostname: computer.hostname, account: computer.account, system: computer.name },
      module: asked.module ?? null,
      terminal,
      out,
      answerMs: timing.answerMs,
      pollMs: timing.pollMs,
      signal,
    });
    if (made === null) {
      out('\nNothing was paired.\n');
      return false;
    }
    keepPairing(home, platform, made.kept, made.trust);
    out(
      `\nPaired. This computer now belongs to ${nameOf(made.kept)}.\nGo on with: eca-agent run${asked.home === undefined ? '' : ` --home ${asked.home}`}\n`,
    );
    return true;
  } finally {
    terminal.close();
    await unlock();
  }
}

async function mayReplace(
  terminal: Terminal,
  before: Pairing,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  const question = `This computer is paired with ${nameOf(before)} already. The new pairing would replace that one.\nReplace it? Type yes: `;
  const answer = await terminal.ask(question, ms, signal);
  return answer.kind === 'line' && answer.text.toLowerCase() === 'yes';
}

function nameOf({ who }: Pairing): string {
  return printable(`${who.name} in ${who.channel}, ${who.organisation}`);
}
