import { createHash, timingSafeEqual } from 'node:crypto';

/** A key of the JSON API, as the configuration has it: never the key itself. */
export interface ApiKey {
  name: string;
  /** Hex. */
  sha256: string;
}

/**
 * Whose key an `Authorization: Bearer …` header carries; null for nobody's. Compares every key, in constant time.
 */
export function keyHolder(keys: readonly ApiKey[], authorization: string | undefined): string | null {
  const key = /^Bearer ([^\s]{1,512})$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) return null;
  const given = createHash('sha256').update(key).digest();
  let holder: string | null = null;
  for (const { name, sha256 } of keys) if (timingSafeEqual(given, Buffer.from(sha256, 'hex'))) holder = name;
  return holder;
}
