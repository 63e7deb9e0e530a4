import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  codeAlphabet,
  codeLength,
  lookupLength,
  makeCode,
  readCode,
  showCode,
} from '../../../src/agent/protocol/code.ts';

const codes = fc
  .array(fc.nat(codeAlphabet.length - 1), { minLength: codeLength, maxLength: codeLength })
  .map((numbers) => makeCode(() => numbers.pop() ?? 0));

describe('the alphabet', () => {
  test('has twenty different letters and digits, none of them a vowel, so that no code is a word', () => {
    expect([codeAlphabet.length, new Set(codeAlphabet).size]).toEqual([20, 20]);
    expect(codeAlphabet).toMatch(/^[0-9A-Z]+$/);
    expect(codeAlphabet).not.toMatch(/[AEIOU]/);
  });

  test.each(['0OQ', '1IL', '2Z', '5S', '8B', 'UVW'])(
    'of the look-alikes "%s" it has at most one',
    (alike) => {
      expect([...alike].filter((letter) => codeAlphabet.includes(letter)).length).toBeLessThanOrEqual(1);
    },
  );

  test('leaves 3.2 million secrets to guess, once the pairing is found', () => {
    expect(codeAlphabet.length ** (codeLength - lookupLength)).toBe(3_200_000);
  });
});

describe('a code', () => {
  test('is read back from how it is shown, and from however people type it', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const shown = showCode(code);
        expect(shown).toMatch(/^[3-9C-Y]{4}-[3-9C-Y]{4}$/);
        const typed = [
          shown,
          shown.toLowerCase(),
          shown.replace('-', ''),
          shown.replace('-', ' – '),
          ` ${[...shown].join(' ')}\t\n`,
        ];
        expect(typed.map(readCode)).toEqual(typed.map(() => code));
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['too short', 'CDF3-4GH'],
    ['too long', 'CDF3-4GHJK'],
    ['a vowel', 'CDF3-4GHA'],
    ['a look-alike', 'CDF3-4GH0'],
    ['a letter that grows in capitals', 'CDF34Gß'],
    ['letters of another script that look the same', 'СDF3-4GHJ'],
    ['eight signs of two units each', '😀😀😀😀'],
    ['only hyphens', '--------'],
  ])('cannot be: %s', (_, text) => {
    expect(readCode(text)).toBeNull();
  });

  test('is null or a whole code for whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const code = readCode(text);
        if (code === null) return;
        expect([code.lookup.length, code.secret.length]).toEqual([lookupLength, codeLength - lookupLength]);
        expect([...code.lookup, ...code.secret].every((letter) => codeAlphabet.includes(letter))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('takes each letter from a draw of its own over the whole alphabet', () => {
    const asked: number[] = [];
    const code = makeCode((below) => {
      asked.push(below);
      return asked.length - 1;
    });
    expect(asked).toEqual(Array(codeLength).fill(codeAlphabet.length));
    expect(code.lookup + code.secret).toBe(codeAlphabet.slice(0, codeLength));
  });
});
