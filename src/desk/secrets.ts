import { createHash } from 'node:crypto';

/** A source of random bytes; injected, so that tests can name them. */
export type Random = (bytes: number) => Buffer;

/** 256 bits, as text for an address or a cookie. */
export function newSecret(random: Random): string {
  return random(32).toString('base64url');
}

/** What is stored of a secret. The secrets are random and long, so a plain hash is enough. */
export function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
