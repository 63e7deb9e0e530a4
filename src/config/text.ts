import { isIP } from 'node:net';
import { z } from 'zod';

/** From a setting's text to its value. Every message completes "NAME …". */

export function matching(pattern: RegExp, wrong: string) {
  return z.string().regex(pattern, wrong);
}

export function words(what: string) {
  return z.string().max(300, `is longer than 300 characters: write ${what}`);
}

export function choice<const T extends string>(...choices: readonly T[]) {
  const known = new Set<string>(choices);
  return z
    .string()
    .refine((text): text is T => known.has(text), `is none of its values: write one of ${choices.join(', ')}`)
    .transform((text) => text as T);
}

/** `1` and `0`: other spellings of yes and no are refused instead of guessed at. */
export const flag = matching(/^[01]$/, 'is neither 0 nor 1: write 1 for yes, 0 for no').transform(
  (text) => text === '1',
);

export function whole(from: number, to: number, what: string) {
  return matching(/^\d{1,9}$/, `is not a whole number: write ${what}`)
    .transform(Number)
    .refine((n) => n >= from && n <= to, `is not from ${from} to ${to}: write ${what}`);
}

/** Comma-separated, spaces allowed, none empty. */
export function list<T>(item: z.ZodType<T, string>) {
  return z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine(
      (items) => !items.includes(''),
      'has an empty place in its list: write the entries with one comma between them',
    )
    .pipe(z.array(item));
}

/** 127.0.0.0/8, ::1 or localhost: an address that only this computer reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare === '::1') return true;
  const v4 = bare.replace(/^::ffff:/, '');
  return isIP(v4) === 4 && v4.startsWith('127.');
}

function parsedUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function isSafe(text: string): boolean {
  const url = parsedUrl(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
}

function isBare(text: string): boolean {
  const url = parsedUrl(text);
  return url !== null && !url.username && !url.password && !url.hash && !url.search;
}

/** An https address; http only towards this computer. */
export function address(example: string) {
  return z
    .string()
    .refine(isSafe, `is not an https address: write one such as ${example} (http only for this computer)`)
    .refine(isBare, `holds a user, a question mark or a hash: write only the address, such as ${example}`);
}

export const uuid = matching(
  /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  'is not an id of 36 characters: write it as 00000000-0000-0000-0000-000000000000',
).transform((text) => text.toLowerCase());

export const host = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || /^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(text),
    'is not an address to listen on: write an IP address or a host name, such as 127.0.0.1',
  );
