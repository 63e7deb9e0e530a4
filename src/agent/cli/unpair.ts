import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../errors.ts';
import { isOn } from '../home/on-off.ts';
import { forgetPairing, type Pairing, readPairing } from '../home/pairing-file.ts';
import { openReceipts } from '../home/receipts.ts';
import { agentHome } from '../home.ts';
import { linkAddress, readServerAddress } from '../link/address.ts';
import { holdLink } from '../link/connection.ts';
import { networkFor } from '../link/network.ts';
import { AGENT_VERSION } from '../version.ts';
import type { Surface } from './surface.ts';

const Options = z.object({ home: z.string().min(1).optional() });
const PATIENCE_MS = 10_000;

/** Adds `unpair [--home DIR]`. */
export function addUnpair(program: Command, surface: Surface): void {
  program
    .command('unpair')
    .description('end the pairing: delete the key here, and tell the help desk')
    .option('--home <dir>', "the agent's folder")
    .action(async (given: unknown) => {
      const { home } = Options.parse(given);
      await unpairHere(surface, agentHome(home, surface.env, surface.platform));
    });
}

async function unpairHere(surface: Surface, home: string): Promise<void> {
  const { pairing, damaged } = readIfPossible(home, surface.platform);
  if (pairing === null && !damaged) {
    surface.out('This computer is not paired: there is nothing to end.\n');
    return;
  }
  // The key goes first, whatever the network does; this process still holds it for one last word.
  forgetPairing(home);
  openReceipts(home, surface.clock).write('You ended the pairing of this computer.');
  surface.out("Unpaired: this computer's key and the help desk's trust bundle are deleted.\n");
  const told = pairing !== null && (await tell(surface, home, pairing));
  surface.out(
    told
      ? 'The help desk knows.\n'
      : 'The help desk could not be told now. Type unpair in the chat as well, so that its side ends too.\n',
  );
}

function readIfPossible(
  home: string,
  platform: NodeJS.Platform,
): { pairing: Pairing | null; damaged: boolean } {
  try {
    return { pairing: readPairing(home, platform), damaged: false };
  } catch (error) {
    if (error instanceof AgentError) return { pairing: null, damaged: true };
    throw error;
  }
}

/** @returns whether the server, proven, has said goodbye for good */
async function tell(surface: Surface, home: string, pairing: Pairing): Promise<boolean> {
  const server = readServerAddress(pairing.server);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE_MS);
  const end = await holdLink({
    url: linkAddress(server),
    agent: networkFor(server, surface.env),
    pairing,
    clock: surface.clock,
    about: () => ({ version: AGENT_VERSION, bootedAt: surface.computer.bootedAt(), on: isOn(home) }),
    heartbeatMs: surface.timing.heartbeatMs,
    signal: late.signal,
    onOpen: (say) => say({ type: 'unpair' }),
    onSaid: () => {},
  });
  clearTimeout(timer);
  return end.kind === 'goodbye' && end.why === 'unpaired';
}
