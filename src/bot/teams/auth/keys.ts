import { type CryptoKey, importJWK, type JWK } from 'jose';
import { z } from 'zod';

/** A key that signs what the channel sends, and the channels it may speak for. */
export interface ChannelKey {
  key: CryptoKey;
  endorsements: ReadonlySet<string>;
}

const metadata = z.object({ jwks_uri: z.url({ protocol: /^https?$/ }) });
const jwks = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string(), kid: z.string(), endorsements: z.array(z.string()).default([]) }))
    .max(500),
});

const day = 24 * 60 * 60_000;
const timeout = 10_000;
/** However many unknown key ids come in, the metadata server is asked no more often than this. */
export const coolDown = 60_000;

export interface KeysParts {
  metadataUrl: string;
  clock: () => number;
  fetch?: typeof fetch;
}

/**
 * The channel's signing keys, found through its OpenID metadata, read anew each day and, at most once a minute, when
 * an unknown key id is named. Only keys that the channel published are kept, so that no caller can make this grow.
 */
export class ChannelKeys {
  readonly #parts: KeysParts;
  #keys: ReadonlyMap<string, ChannelKey> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(parts: KeysParts) {
    this.#parts = parts;
  }

  /** Null: the channel has no such key. Throws only where no keys could ever be read. */
  async find(kid: string): Promise<ChannelKey | null> {
    const now = this.#parts.clock();
    const missing = !this.#keys.has(kid);
    const old = now - this.#readAt > day;
    if ((missing || old) && now - this.#triedAt > coolDown) await this.#refresh(now);
    else if (missing && this.#reading) await this.#reading;
    return this.#keys.get(kid) ?? null;
  }

  async #refresh(now: number): Promise<void> {
    this.#triedAt = now;
    this.#reading = this.#read()
      .then((keys) => {
        this.#keys = keys;
        this.#readAt = now;
      })
      .finally(() => {
        this.#reading = null;
      });
    try {
      await this.#reading;
    } catch (cause) {
      // Yesterday's keys are better than none while the metadata server is away.
      if (this.#keys.size === 0) throw new Error("The channel's signing keys could not be read.", { cause });
    }
  }

  async #read(): Promise<Map<string, ChannelKey>> {
    const { jwks_uri } = metadata.parse(await this.#json(this.#parts.metadataUrl));
    const { keys } = jwks.parse(await this.#json(jwks_uri));
    const read = new Map<string, ChannelKey>();
    for (const { endorsements, ...jwk } of keys) {
      if (jwk.kty !== 'RSA') continue;
      const key = await importJWK({ ...jwk, alg: 'RS256' } as JWK);
      if (key instanceof Uint8Array) continue;
      read.set(jwk.kid, { key, endorsements: new Set(endorsements) });
    }
    return read;
  }

  async #json(url: string): Promise<unknown> {
    const get = this.#parts.fetch ?? fetch;
    const response = await get(url, { signal: AbortSignal.timeout(timeout), redirect: 'error' });
    if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
    return response.json();
  }
}
