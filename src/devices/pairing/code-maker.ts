import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Code, makeCode } from '../../agent/protocol.ts';

/**
 * Codes that follow from a secret and the event that asked for one: an event that a channel delivers twice gives the
 * same code twice, and nobody without the secret can tell it in advance. Of a code's secret half only an HMAC with
 * that secret is kept: there are but 3.2 million halves, so a plain hash, salted or not, would give it away to
 * whoever reads the database, in a second.
 */
export class CodeMaker {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** The code of a pairing. */
  codeOf(pairing: string): Code {
    return makeCode(this.#numbers(pairing));
  }

  hash(pairing: string, half: string): string {
    return this.#mac(`half/${pairing}/${half}`).toString('hex');
  }

  /** In constant time. */
  fits(pairing: string, half: string, hash: string): boolean {
    const given = Buffer.from(this.hash(pairing, half), 'hex');
    const kept = Buffer.from(hash, 'hex');
    return given.length === kept.length && timingSafeEqual(given, kept);
  }

  /** Evenly spread numbers: bytes beyond the last whole multiple of `below` are passed over. */
  #numbers(pairing: string): (below: number) => number {
    let block = 0;
    let bytes: number[] = [];
    return (below) => {
      const end = 256 - (256 % below);
      for (;;) {
        if (bytes.length === 0) bytes = [...this.#mac(`code/${pairing}/${block++}`)];
        const byte = bytes.shift() ?? end;
        if (byte < end) return byte % below;
      }
    };
  }

  #mac(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest();
  }
}
