import { endable } from './actions/children.ts';
import type { Computer } from './actions/computer.ts';
import type { Executor } from './actions/executor.ts';
import { AgentError } from './errors.ts';
import { openJournal } from './home/journal.ts';
import { isOn, keepOn } from './home/on-off.ts';
import { forgetPairing, type Pairing, readPairing } from './home/pairing-file.ts';
import { openReceipts } from './home/receipts.ts';
import { linkAddress, readServerAddress } from './link/address.ts';
import type { Said } from './link/connection.ts';
import { endWords } from './link/end-words.ts';
import { keepLink } from './link/keep-link.ts';
import { networkFor } from './link/network.ts';
import type { SpawnChild } from './pkcs11/run-child.ts';
import type { ActionName, AgentMode } from './protocol/actions.ts';
import { type AgentFrame, policy } from './protocol/frames.ts';
import { readPublicKey } from './protocol/keys.ts';
import { unseal } from './protocol/signed.ts';
import { openTasks } from './tasks/tasks.ts';
import { printable } from './terminal/printable.ts';
import type { Terminal } from './terminal/terminal.ts';
import { AGENT_VERSION } from './version.ts';

export interface RunOptions {
  readonly home: string;
  readonly pairing: Pairing;
  /** `--module FILE` of this run; wins over the one that was named at pairing. */
  readonly module: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly clock: () => Date;
  readonly random: () => number;
  readonly spawnChild: SpawnChild;
  readonly computer: Computer;
  readonly executor: Executor;
  readonly ownMode: AgentMode;
  readonly terminal: Terminal;
  readonly out: (text: string) => void;
  readonly signal: AbortSignal;
  readonly timing: {
    readonly consentMs: number;
    readonly heartbeatMs: number;
    readonly backOff: { readonly fromMs: number; readonly toMs: number };
    readonly limitMs: (action: ActionName) => number;
  };
}

/** Keeps the link and does what it is asked, until it is stopped or the pairing ends. */
export async function run(options: RunOptions): Promise<'stopped' | 'unpaired'> {
  const { home, pairing, clock, out, terminal, timing } = options;
  const server = readServerAddress(pairing.server);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const children = endable(options.spawnChild);
  const receipts = openReceipts(home, clock);
  const state = states(out);
  let link: ((frame: AgentFrame) => void) | null = null;
  const say = (frame: AgentFrame): void => link?.(frame);
  const journal = openJournal({
    home,
    device: pairing.device,
    mode: pairing.mode,
    clock,
    onBroken: (path) => {
      const words = `The list of tasks was damaged and was set aside as ${path}. What was asked before now is no longer known.`;
      receipts.write(words);
      out(`${words}\n`);
    },
  });
  const typed = (text: string): void => {
    if (text !== 'on' && text !== 'off') {
      if (text !== '') out('Type off to switch the agent off, on to switch it on, Ctrl-C to end it.\n');
      return;
    }
    const on = text === 'on';
    keepOn(home, on);
    receipts.write(on ? 'You switched the agent on.' : 'You switched the agent off.');
    if (!on) tasks.stop('switched-off');
    say({ type: 'switch', on });
    out(on ? 'Switched on: the help desk may ask again.\n' : OFF);
  };
  const tasks = openTasks({
    pairing,
    journal,
    receipts,
    terminal,
    out,
    clock,
    executor: options.executor,
    ownMode: options.ownMode,
    look: {
      env: options.env,
      platform: options.platform,
      module: options.module ?? pairing.module ?? undefined,
      spawnChild: children.spawnChild,
      computer: options.computer,
      executor: options.executor,
    },
    consentMs: timing.consentMs,
    limitMs: timing.limitMs,
    say,
    onLine: typed,
    isOn: () => isOn(home),
  });
  const obey = (mode: AgentMode, at: number): void => {
    if (!journal.hear(mode, at)) return;
    if (tasks.mode() !== 'off') return state('connected', connectedWords(pairing));
    tasks.stop('not-allowed');
    state('stopped', 'The help desk has stopped its agents: nothing is done on this computer for now.');
  };
  const heard = (said: Said): void => {
    if (said.type === 'taken') return journal.taken(said.task);
    if (said.type === 'command') return tasks.receive(said.signed);
    const word = unseal(readPublicKey(pairing.serverKey), 'policy', said.signed, policy);
    if (word !== null && word.device === pairing.device) obey(word.mode, word.at);
    else receipts.write("Refused: a policy that does not bear the help desk's signature.");
  };

  await tasks.recover();
  terminal.onLine(typed);
  if (!isOn(home)) out(OFF);
  const pairingGone = setInterval(() => {
    if (!isStill(options)) stop.abort();
  }, 2_000);
  try {
    const end = await keepLink({
      url: linkAddress(server),
      agent: networkFor(server, options.env),
      pairing,
      clock,
      signal,
      random: options.random,
      heartbeatMs: timing.heartbeatMs,
      backOff: timing.backOff,
      about: () => ({ version: AGENT_VERSION, bootedAt: options.computer.bootedAt(), on: isOn(home) }),
      onOpen: (speak, welcome) => {
        link = speak;
        state('connected', connectedWords(pairing));
        obey(welcome.mode, welcome.at);
        tasks.tellAll();
      },
      onSaid: heard,
      onEnd: (ended) => {
        link = null;
        const told = endWords(ended, server, clock());
        if (told !== null) state(told.name, told.words);
      },
    });
    if (end === 'unpaired') forgetPairing(home);
    return end === 'unpaired' || stop.signal.aborted ? 'unpaired' : 'stopped';
  } finally {
    clearInterval(pairingGone);
    tasks.stop('stopping');
    children.endAll();
    terminal.close();
  }
}

const connectedWords = ({ who }: Pairing): string =>
  `Connected to the help desk of ${printable(who.organisation)}, for ${printable(who.name)}.`;

const OFF = 'Switched off: nothing is done on this computer until you type on.\n';

/** Whether the pairing is still kept: "eca-agent unpair" may have removed it meanwhile. */
function isStill({ home, platform, pairing }: RunOptions): boolean {
  try {
    return readPairing(home, platform)?.device === pairing.device;
  } catch (error) {
    if (error instanceof AgentError) return false;
    throw error;
  }
}

/** Says each state once, when it begins. */
function states(out: (text: string) => void): (name: string, words: string) => void {
  let last = '';
  return (name, words) => {
    if (name === last) return;
    last = name;
    out(`${words}\n`);
  };
}
