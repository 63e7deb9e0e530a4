import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AgentError } from '../errors.ts';
import type { Pairing } from '../home/pairing-file.ts';
import { type Code, codeAlphabet, codeLength, readCode, showCode } from '../protocol/code.ts';
import { type KeyPair, makeKeyPair, readPublicKey, writePrivateKey } from '../protocol/keys.ts';
import {
  agreed,
  type Claim,
  type Claimed,
  claimed,
  type Paired,
  paired,
  type Waited,
  waited,
} from '../protocol/pairing.ts';
import { seal, unseal } from '../protocol/signed.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type PairingServer, say } from './client.ts';

export interface PairOptions {
  readonly server: PairingServer;
  readonly code: Code;
  /** Of this computer, as far as the chat shows it. */
  readonly computer: Pick<Claim, 'hostname' | 'account' | 'system'>;
  readonly module: string | null;
  readonly terminal: Terminal;
  readonly out: (text: string) => void;
  /** How long (ms) the person has to say yes. */
  readonly answerMs: number;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/** @throws AgentError `bad-code` that says what is wrong with what was typed */
export function codeFrom(text: string): Code {
  const code = readCode(text);
  if (code !== null) return code;
  const letters = [...text.toUpperCase().replace(/[\s\-–—]/g, '')];
  const foreign = [...new Set(letters.filter((letter) => !codeAlphabet.includes(letter)))];
  const why =
    foreign.length > 0
      ? `${foreign.map((letter) => `"${printable(letter)}"`).join(', ')} cannot be in a code`
      : `a code has ${codeLength} letters and digits, and this has ${letters.length}`;
  throw new AgentError('bad-code', `Type the code again as the chat shows it, such as CDF3-4GHJ: ${why}.`);
}

/**
 * Pairs this computer with the account in whose chat the code was given.
 *
 * @returns what is to be kept; null where the person at the computer said no
 * @throws AgentError where the server, or the person in the chat, would not
 */
export async function pair(options: PairOptions): Promise<{ kept: Pairing; trust: Paired['trust'] } | null> {
  const { server, terminal, out } = options;
  const keys = makeKeyPair();
  const offer = await claim(options, keys);
  const step = (stage: 'agree' | 'wait' | 'leave') => ({
    stage,
    signed: seal(keys.privateKey, stage, {
      pairing: offer.pairing,
      nonce: offer.nonce,
      at: server.clock().getTime(),
    }),
  });
  const { name, channel, organisation } = offer.who;
  const question = `\nThis joins ${bold(name)} in ${bold(`${channel}, ${organisation}`)}.\nIs that you? Type yes: `;
  const answer = await terminal.ask(question, options.answerMs, options.signal);
  if (answer.kind !== 'line' || answer.text.toLowerCase() !== 'yes') {
    await say(server, step('leave'), z.unknown()).catch(() => {
      // They did not want it: whether the server heard so or lets the code run out is all the same.
    });
    return null;
  }
  const { number } = await say(server, step('agree'), agreed);
  out(numberWords(number));
  const end = await outcome(options, () => say(server, step('wait'), waited));
  if (end === null) {
    await say(server, step('leave'), z.unknown()).catch(() => {});
    return null;
  }
  const sealed = unseal(readPublicKey(offer.serverKey), 'paired', end.paired, paired);
  if (sealed === null || sealed.publicKey !== keys.publicKey || sealed.serverKey !== offer.serverKey)
    throw new AgentError(
      'not-proven',
      'Tell the help desk: the server did not prove that it is the one that answered first. Nothing was kept.',
    );
  return { kept: keep(options, offer, sealed, keys), trust: sealed.trust };
}

function claim({ server, code, computer }: PairOptions, keys: KeyPair): Promise<Claimed> {
  const body: Claim = {
    code: showCode(code),
    publicKey: keys.publicKey,
    ...computer,
    at: server.clock().getTime(),
  };
  return say(server, { stage: 'claim', signed: seal(keys.privateKey, 'claim', body) }, claimed);
}

type Confirmed = Extract<Waited, { state: 'confirmed' }>;

/** Asks until the chat has answered; a network that comes and goes is borne for a while. Null: stopped here. */
async function outcome(options: PairOptions, ask: () => Promise<Waited>): Promise<Confirmed | null> {
  for (let failures = 0; !options.signal.aborted; ) {
    await delay(options.pollMs, undefined, { signal: options.signal }).catch(() => {});
    if (options.signal.aborted) return null;
    const now: Waited = await ask().catch((error: unknown) => {
      failures += 1;
      if (failures > 30 || !(error instanceof AgentError) || error.code !== 'unreachable') throw error;
      return { state: 'waiting' };
    });
    if (now.state === 'confirmed') return now;
    if (now.state === 'void') throw new AgentError(`void-${now.why}`, VOID[now.why]);
  }
  return null;
}

const VOID = {
  refused:
    'Ask for a new code in the chat: another number was chosen there, or the answer was no. Nothing was paired.',
  expired: 'Ask for a new code in the chat: nobody chose the number there in time.',
  withdrawn: 'Ask for a new code in the chat: this one was taken back.',
} as const;

function numberWords(number: string): string {
  const frame = '─'.repeat(9);
  return `\n    ┌${frame}┐\n    │   ${[...number].join(' ')}   │\n    └${frame}┘\n\nChoose the number ${bold(number)} in the chat now. Waiting …\n`;
}

function bold(text: string): string {
  return `**${printable(text)}**`;
}

function keep(options: PairOptions, offer: Claimed, sealed: Paired, keys: KeyPair): Pairing {
  return {
    v: 1,
    device: sealed.device,
    server: options.server.url.href,
    serverKey: sealed.serverKey,
    mode: sealed.mode,
    who: offer.who,
    module: options.module,
    privateKey: writePrivateKey(keys.privateKey),
  };
}
