/**
 * A pairing code: 8 letters and digits of an alphabet without vowels (no words) and without look-alikes. The first
 * 3 find the pairing, the other 5 are the secret: 20^5 = 3.2 million of them.
 */
export const codeAlphabet = '346789CDFGHJKMNPRTXY';
export const lookupLength = 3;
export const codeLength = 8;

export interface Code {
  lookup: string;
  secret: string;
}

/** How a code is shown: "CDF3-4GHJ". */
export function showCode({ lookup, secret }: Code): string {
  const all = lookup + secret;
  return `${all.slice(0, 4)}-${all.slice(4)}`;
}

/** A code as somebody typed it: small letters, spaces and hyphens do not matter. Null: it cannot be one. */
export function readCode(text: string): Code | null {
  const plain = text.toUpperCase().replace(/[\s\-–—]/g, '');
  if (plain.length !== codeLength || [...plain].some((letter) => !codeAlphabet.includes(letter))) return null;
  return { lookup: plain.slice(0, lookupLength), secret: plain.slice(lookupLength) };
}

/** @param random a random integer from 0 up to, but not including, its argument */
export function makeCode(random: (below: number) => number): Code {
  const letters = Array.from({ length: codeLength }, () => codeAlphabet[random(codeAlphabet.length)] ?? '');
  return {
    lookup: letters.slice(0, lookupLength).join(''),
    secret: letters.slice(lookupLength).join(''),
  };
}
