import { timingSafeEqual } from 'node:crypto';
import { sha256 } from './secrets.ts';
import type { Staff } from './staff.ts';

/** A key of `DESK_API_KEYS`: its name, and the SHA-256 of the key in hex. */
export interface ApiKey {
  name: string;
  sha256: string;
}

/** Whose key this is. Each is compared in constant time, and all of them, whichever fits. */
export function holderOf(keys: readonly ApiKey[], given: string): Staff | null {
  const hash = Buffer.from(sha256(given), 'hex');
  let holder: Staff | null = null;
  for (const key of keys) {
    const known = Buffer.from(key.sha256, 'hex');
    if (known.length === hash.length && timingSafeEqual(known, hash))
      holder = { id: `key:${key.name}`, name: key.name };
  }
  return holder;
}
