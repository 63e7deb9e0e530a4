import { z } from 'zod';
import { agentMode } from './actions.ts';
import { publicKeyText } from './keys.ts';
import { signed } from './signed.ts';

/**
 * Pairing, over `POST /agent/pair`. Each request is `{ stage, signed }`, sealed with the computer's own new key for
 * the purpose that is the stage's name:
 *
 * 1. `claim`: the code and what computer this is → whose account and which organisation it would join.
 * 2. `agree`: the person at the computer said yes → a number of two digits, to be shown there; the chat now asks
 *    which of three numbers the computer shows.
 * 3. `wait`, every second or so → `waiting`, `confirmed` or `void`.
 * `leave`: the person at the computer said no, or went away.
 */

const time = z.int();
const short = z.string().min(1).max(120);

export const pairRequest = z.discriminatedUnion('stage', [
  z.strictObject({ stage: z.literal('claim'), signed }),
  z.strictObject({ stage: z.literal('agree'), signed }),
  z.strictObject({ stage: z.literal('wait'), signed }),
  z.strictObject({ stage: z.literal('leave'), signed }),
]);
export type PairRequest = z.output<typeof pairRequest>;

export const claim = z.strictObject({
  code: z.string().max(40),
  publicKey: publicKeyText,
  hostname: short,
  /** The account of the computer that is paired, such as "kim". */
  account: short,
  /** For people: "Windows 11". */
  system: short,
  at: time,
});
export type Claim = z.output<typeof claim>;

/** The body of `agree`, `wait` and `leave`. `nonce` is the one that the answer to the claim gave. */
export const pairStep = z.strictObject({ pairing: z.uuid(), nonce: z.string().max(64), at: time });

export const claimed = z.object({
  pairing: z.uuid(),
  nonce: z.string().min(16).max(64),
  /** Whom the computer would join: "Kim Lee", "Slack", "Example Corp (T0123)". */
  who: z.object({ name: z.string(), channel: z.string(), organisation: z.string() }),
  serverKey: publicKeyText,
  mode: agentMode,
});
export type Claimed = z.output<typeof claimed>;

export const agreed = z.object({ number: z.string().regex(/^[1-9]\d$/) });

export const waited = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  z.object({ state: z.literal('confirmed'), paired: signed }),
  /** `why`: refused (a wrong number, or no), expired, taken back. */
  z.object({ state: z.literal('void'), why: z.enum(['refused', 'expired', 'withdrawn']) }),
]);
export type Waited = z.output<typeof waited>;

/** Sealed by the server ('paired'): all that the agent keeps. */
export const paired = z.strictObject({
  device: z.uuid(),
  publicKey: publicKeyText,
  serverKey: publicKeyText,
  mode: agentMode,
  /** The ECA trust bundle (base64 of the operator's file) and the fingerprints of the roots to trust in it. */
  trust: z.strictObject({
    bundle: z.base64().max(1_500_000).nullable(),
    roots: z.array(z.string().max(64)).max(20),
  }),
});
export type Paired = z.output<typeof paired>;

/**
 * Codes of what can go wrong, as `code` of the problem details.
 * - `code-refused`: no such code, a wrong one, used, or over its ten minutes: the server does not say which.
 * - `clock-wrong`: the computer's clock differs too much; `serverTime` (ms) is in the details.
 */
export const pairProblem = z.object({
  code: z.enum(['code-refused', 'too-many-tries', 'pairing-off', 'clock-wrong', 'bad-request']),
  detail: z.string().optional(),
  serverTime: z.int().optional(),
});
