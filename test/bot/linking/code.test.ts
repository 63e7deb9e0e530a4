import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashOf, linkCodeIn, matches, newCode, shownCode } from '../../../src/bot/linking/code.ts';
import { maybeSecret } from '../../../src/bot/screening.ts';

describe('a code of link', () => {
  it('has eight letters without vowels and look-alikes, each as likely as the others', () => {
    const seen = new Map<string, number>();
    for (let i = 0; i < 5_000; i++) {
      const code = newCode(randomBytes);
      expect(code).toMatch(/^[BCDFGHJKMNPQRSTVWXYZ]{8}$/);
      for (const letter of code) seen.set(letter, (seen.get(letter) ?? 0) + 1);
    }
    expect(seen.size).toBe(20);
    // 40,000 letters: 2,000 of each, give or take 43.6; eight deviations come by chance once in 10^15.
    for (const times of seen.values()) expect(Math.abs(times - 2_000)).toBeLessThan(8 * 43.6);
  });

  it('does not favour the letters that a byte would reach once more', () => {
    expect(newCode(() => Buffer.from([255, 240, 250, 239, 0, 1, 2, 3, 4, 5, 19, 20]))).toBe('ZBCDFGHZ');
  });

  it('is found with the word and alone, however it is typed', () => {
    for (const text of [
      'link BCDF-GHJK',
      'Link bcdfghjk',
      '/link bcdf ghjk',
      'link  BCDF – GHJK.',
      'LINK b-c-d-f ghjk',
    ])
      expect(linkCodeIn(text), text).toEqual({ code: 'BCDFGHJK', said: true });
    for (const text of ['BCDF-GHJK', ' bcdf ghjk ', 'bcdfghjk'])
      expect(linkCodeIn(text), text).toEqual({ code: 'BCDFGHJK', said: false });
  });

  it('mistyped after the word is a wrong code, not another text', () => {
    expect(linkCodeIn('link B0DF-GHJL')).toEqual({ code: 'B0DFGHJL', said: true });
    expect(linkCodeIn('B0DF-GHJL')).toBeNull();
  });

  it('is seen in no other text', () => {
    const others = [
      'link',
      'link is broken',
      'link does not work',
      'the link BCDF-GHJK',
      'passport',
      'RHYTHMS',
      '1234-5678',
      `link ${'B'.repeat(90)}`,
      '',
    ];
    expect(others.filter((text) => linkCodeIn(text) !== null)).toEqual([]);
  });

  it('does not look like a secret to the screening', () => {
    for (let i = 0; i < 500; i++) {
      const code = newCode(randomBytes);
      expect([maybeSecret(`link ${shownCode(code)}`), maybeSecret(shownCode(code))]).toEqual([false, false]);
    }
  });

  it('is kept as a salted hash that only the same letters match', async () => {
    const [one, two] = [await hashOf('GHJKM'), await hashOf('GHJKM')];
    expect(one).not.toBe(two);
    expect(one).not.toContain('GHJKM');
    expect(await matches('GHJKM', one)).toBe(true);
    expect(await matches('GHJKN', one)).toBe(false);
  });
});
