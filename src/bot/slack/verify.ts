import { createHmac, timingSafeEqual } from 'node:crypto';
import { SlackSetupError } from './parts.ts';

/** How far a request's time may lie from ours, before or after it. Slack's advice is five minutes. */
const tolerance = 5 * 60_000;

export interface Signed {
  /** The header `x-slack-request-timestamp`, in seconds. */
  timestamp: unknown;
  /** The header `x-slack-signature`. */
  signature: unknown;
  body: Buffer;
  /** Our own time, in milliseconds. */
  now: number;
}

/**
 * Whether Slack signed a request with this secret, lately. An old one may be a replay; so may one from the future,
 * kept for later.
 * @throws {SlackSetupError} for an empty secret, with which anybody can sign
 */
export function signatureCheck(secret: string): (signed: Signed) => boolean {
  if (secret.trim() === '')
    throw new SlackSetupError(
      'SLACK_SIGNING_SECRET is empty: write the one under "Basic Information" of the Slack app.',
    );
  return ({ timestamp, signature, body, now }) => {
    if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false;
    if (Math.abs(now - Number(timestamp) * 1000) > tolerance) return false;
    if (typeof signature !== 'string') return false;
    const expected = Buffer.from(sign(secret, timestamp, body));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
}

function sign(secret: string, timestamp: string, body: Buffer): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}
