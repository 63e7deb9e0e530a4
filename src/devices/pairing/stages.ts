import { randomBytes, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import * as protocol from '../../agent/protocol.ts';
import type { Policy } from '../policy.ts';
import { idFrom, type Say } from '../say.ts';
import * as words from '../talk/messages.ts';
import type { ServerTrust } from '../trust.ts';
import type { Budget } from './budget.ts';
import type { CodeMaker } from './code-maker.ts';
import { makeNumbers } from './numbers.ts';
import type { Pairing, Pairings } from './pairings.ts';
import { PairRefused } from './problem.ts';
import { type WhoParts, whoIs } from './who.ts';

export interface StageParts extends WhoParts {
  pairings: Pairings;
  codes: CodeMaker;
  key: protocol.KeyPair;
  policy: Policy;
  trust: ServerTrust;
  say: Say;
  clock: () => number;
  random: (below: number) => number;
  /** Wrong codes, by address. */
  wrongCodes: Budget;
}

export interface Stages {
  /** Answers one request of a computer that wants to be paired. @throws {PairRefused} */
  answer(request: protocol.PairRequest, address: string): Promise<unknown>;
}

/** The message in which the chat asks for the number; its id follows from the pairing, so there is only one. */
export const numberCard = (pairing: string) => idFrom('number-card', pairing);

export function createStages(parts: StageParts): Stages {
  const { pairings, codes, key, policy, say } = parts;
  const now = () => new Date(parts.clock());

  function checkClock(at: number): void {
    const serverTime = parts.clock();
    if (Math.abs(at - serverTime) > protocol.clockTolerance) throw new PairRefused('clock-wrong', serverTime);
  }

  async function claim(signed: protocol.Signed, address: string): Promise<z.input<typeof protocol.claimed>> {
    const told = openSelfSigned(signed);
    checkClock(told.at);
    if (parts.wrongCodes.isSpent(address)) throw new PairRefused('too-many-tries');
    const pairing = await find(told.code, address);
    const fresh = {
      publicKey: told.publicKey,
      hostname: words.plain(told.hostname),
      account: words.plain(told.account),
      system: words.plain(told.system),
      nonce: randomBytes(16).toString('base64url'),
      ...makeNumbers(parts.random),
    };
    if (pairing.claim === null && (await isDevice(told.publicKey))) throw new PairRefused('bad-request');
    const first = pairing.claim === null && (await pairings.claim(pairing.id, fresh, now()));
    const held = first ? fresh : (await pairings.find(pairing.id))?.claim;
    // The same computer may ask again when the answer was lost; for any other the code is used.
    if (held?.publicKey !== told.publicKey) throw refused(address);
    const who = await whoIs(parts, pairing.journeyId);
    return { pairing: pairing.id, nonce: held.nonce, who, serverKey: key.publicKey, mode: policy.mode };
  }

  /** A key is good for one pairing: it names the device. */
  const isDevice = async (publicKey: string) =>
    (await parts.prisma.device.count({ where: { publicKey } })) > 0;

  /** Unknown, wrong, used and expired codes all look the same from outside. */
  async function find(typed: string, address: string): Promise<Pairing> {
    const code = protocol.readCode(typed);
    if (!code) throw refused(address);
    const candidates = await pairings.candidates(code.lookup, now());
    const fitting = candidates.filter((one) => codes.fits(one.id, code.secret, one.secretHash));
    if (candidates.length === 0) codes.fits(randomUUID(), code.secret, '00');
    const [pairing] = fitting;
    if (pairing) return pairing;
    const over = await pairings.wrong(candidates.map((one) => one.id));
    for (const { id, journeyId } of over) await say(journeyId, idFrom('guessed', id), words.guessed());
    throw refused(address);
  }

  function refused(address: string): PairRefused {
    parts.wrongCodes.spend(address);
    return new PairRefused('code-refused');
  }

  /** The pairing that a later stage is about, proven by the key that claimed it. */
  async function step(stage: 'agree' | 'wait' | 'leave', signed: protocol.Signed, address: string) {
    const named = protocol.peek(signed, protocol.pairStep);
    const pairing = named && (await pairings.find(named.pairing));
    if (!named || !pairing?.claim) throw refused(address);
    const publicKey = protocol.readPublicKey(pairing.claim.publicKey);
    const told = protocol.unseal(publicKey, stage, signed, protocol.pairStep);
    if (!told || told.nonce !== pairing.claim.nonce) throw refused(address);
    checkClock(told.at);
    return { ...pairing, claim: pairing.claim };
  }

  async function agree(signed: protocol.Signed, address: string) {
    const pairing = await step('agree', signed, address);
    if (pairing.status !== 'claimed' || isOver(pairing)) throw new PairRefused('code-refused');
    await say(pairing.journeyId, numberCard(pairing.id), words.whichNumber(pairing.id, pairing.claim));
    return { number: pairing.claim.number };
  }

  async function wait(signed: protocol.Signed, address: string): Promise<z.input<typeof protocol.waited>> {
    const pairing = await step('wait', signed, address);
    if (pairing.status === 'confirmed') return confirmed(pairing.claim.publicKey);
    if (pairing.status === 'void') return { state: 'void', why: pairing.why ?? 'withdrawn' };
    if (!isOver(pairing)) return { state: 'waiting' };
    await pairings.void(pairing.id, 'expired');
    await say(pairing.journeyId, idFrom('expired', pairing.id), words.expired());
    return { state: 'void', why: 'expired' };
  }

  async function confirmed(publicKey: string): Promise<z.input<typeof protocol.waited>> {
    const device = await parts.prisma.device.findUnique({ where: { publicKey } });
    if (!device || device.unpairedAt) return { state: 'void', why: 'withdrawn' };
    const body: protocol.Paired = {
      device: device.id,
      publicKey,
      serverKey: key.publicKey,
      mode: policy.mode,
      trust: parts.trust.given,
    };
    return { state: 'confirmed', paired: protocol.seal(key.privateKey, 'paired', body) };
  }

  async function leave(signed: protocol.Signed, address: string) {
    const pairing = await step('leave', signed, address);
    if (await pairings.void(pairing.id, 'withdrawn'))
      await say(pairing.journeyId, idFrom('left', pairing.id), words.left(pairing.claim));
    return {};
  }

  const isOver = (pairing: Pairing) => pairing.expiresAt.getTime() <= parts.clock();
  const stages = { claim, agree, wait, leave };
  return { answer: ({ stage, signed }, address) => stages[stage](signed, address) };
}

/** A claim is signed with the very key that it brings. @throws {PairRefused} */
function openSelfSigned(signed: protocol.Signed): protocol.Claim {
  const named = protocol.peek(signed, protocol.claim);
  const told =
    named && protocol.unseal(protocol.readPublicKey(named.publicKey), 'claim', signed, protocol.claim);
  if (!told) throw new PairRefused('bad-request');
  return told;
}
