import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { z } from 'zod';

/**
 * A text and its Ed25519 signature. The very text is signed, so that nothing depends on how JSON is written; the
 * purpose is signed with it, so that what was said for one purpose proves nothing for another.
 */
export const signed = z.strictObject({
  /** Half a character has no bytes of its own: its text would bear the signature of another. */
  body: z
    .string()
    .max(2_000_000)
    .refine((text) => text.isWellFormed(), 'half a character'),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type Signed = z.output<typeof signed>;

export type Purpose =
  | 'claim'
  | 'agree'
  | 'wait'
  | 'leave'
  | 'paired'
  | 'agent-hello'
  | 'server-welcome'
  | 'server-goodbye'
  | 'policy'
  | 'command';

export function seal(privateKey: KeyObject, purpose: Purpose, value: unknown): Signed {
  const body = JSON.stringify(value);
  return { body, signature: signBytes(null, bytes(purpose, body), privateKey).toString('base64url') };
}

/** The value, or null where the signature is not by this key for this purpose, or the value has another shape. */
export function unseal<T>(
  publicKey: KeyObject,
  purpose: Purpose,
  given: Signed,
  shape: z.ZodType<T>,
): T | null {
  if (!verifyBytes(null, bytes(purpose, given.body), publicKey, Buffer.from(given.signature, 'base64url')))
    return null;
  return peek(given, shape);
}

/** The value with its signature not looked at: to find out whose key it ought to be checked with. */
export function peek<T>(given: Signed, shape: z.ZodType<T>): T | null {
  try {
    return shape.safeParse(JSON.parse(given.body)).data ?? null;
  } catch {
    return null;
  }
}

function bytes(purpose: Purpose, body: string): Buffer {
  return Buffer.from(`eca-agent/1/${purpose}\n${body}`, 'utf8');
}
