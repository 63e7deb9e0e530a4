import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * A code of `link`: 8 letters of 20, without vowels (no words) and without look-alikes. The first 3 find it, the other
 * 5 are the secret. Letters alone, so that screening takes none for a PIN or a password.
 *
 * What guessing costs: there are 20^8 = 2.56·10^10 codes. Somebody who knows nothing hits one given code after 1.28·10^10
 * tries on average, but has 5 in ten minutes, and 5 that begin alike void the code. With 100 codes open at all times
 * and 1,000 colluding colleagues (30,000 tries an hour) a hit comes every 8,500 hours or so; and then it has won
 * nothing yet: the other side is shown who asks, and must say yes.
 */
const alphabet = 'BCDFGHJKMNPQRSTVWXYZ';
const codeLength = 8;
export const lookupLength = 3;

/** A source of random bytes. */
export type Random = (bytes: number) => Buffer;

export function newCode(random: Random): string {
  let code = '';
  while (code.length < codeLength) {
    for (const byte of random(codeLength * 2)) {
      // 240 is the last multiple of 20 in a byte: above it some letters would come more often.
      if (byte < 240 && code.length < codeLength) code += alphabet[byte % alphabet.length];
    }
  }
  return code;
}

/** "BCDF-GHJK" */
export function shownCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

const alone = new RegExp(`^[${alphabet}]{4}[\\s-]?[${alphabet}]{4}$`);
const afterWord = /^\/?link\s+([^\s.!-]{1,8}(?:[\s-]+[^\s.!-]{1,6})*)[.!\s]*$/i;
/** Without vowels; a mistyped letter or figure makes it a wrong code, not another text. */
const like = /^[B-DF-HJ-NP-TV-Z0-9]{8}$/;

/**
 * The code in a text: `link BCDF-GHJK`, or the code alone. Capitals, spaces and hyphens do not matter.
 * `said`: with the word.
 */
export function linkCodeIn(text: string): { code: string; said: boolean } | null {
  if (text.length > 40) return null;
  const plain = text.trim().toUpperCase().replaceAll(/[–—]/g, '-');
  if (alone.test(plain)) return { code: compact(plain), said: false };
  const code = compact(afterWord.exec(plain)?.[1] ?? '');
  return like.test(code) ? { code, said: true } : null;
}

function compact(text: string): string {
  return text.replaceAll(/[\s-]/g, '');
}

/** What is kept of the secret letters. Deliberately slow: five letters are few for one who has read the database. */
export async function hashOf(
  secret: string,
  salt: string = randomBytes(16).toString('hex'),
): Promise<string> {
  const key = await new Promise<Buffer>((resolve, reject) => {
    scrypt(secret, salt, 32, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
  return `${salt}:${key.toString('hex')}`;
}

export async function matches(secret: string, kept: string): Promise<boolean> {
  const made = await hashOf(secret, kept.slice(0, kept.indexOf(':')));
  return made.length === kept.length && timingSafeEqual(Buffer.from(made), Buffer.from(kept));
}
