import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  keyName,
  makeKeyPair,
  publicKeyText,
  readPrivateKey,
  readPublicKey,
  writePrivateKey,
} from '../../../src/agent/protocol/keys.ts';
import { type Purpose, peek, seal, signed, unseal } from '../../../src/agent/protocol/signed.ts';

const shape = z.strictObject({ device: z.string(), n: z.number() });
const value = { device: 'd', n: 1 };
const server = makeKeyPair();
const other = makeKeyPair();
const openWith = (key: string, purpose: Purpose, given: ReturnType<typeof seal>) =>
  unseal(readPublicKey(key), purpose, given, shape);

const PURPOSES: readonly Purpose[] = [
  'claim',
  'agree',
  'wait',
  'leave',
  'paired',
  'agent-hello',
  'server-welcome',
  'server-goodbye',
  'policy',
  'command',
];

describe('a sealed text', () => {
  test('opens with the key and the purpose it was sealed for', () => {
    const given = seal(server.privateKey, 'command', value);
    expect(signed.parse(given)).toEqual(given);
    expect(openWith(server.publicKey, 'command', given)).toEqual(value);
  });

  test.each(PURPOSES)('sealed as "%s" opens as nothing else', (purpose) => {
    const given = seal(server.privateKey, purpose, value);
    const opens = PURPOSES.filter((as) => openWith(server.publicKey, as, given) !== null);
    expect(opens).toEqual([purpose]);
  });

  test('does not open with another key', () => {
    const given = seal(other.privateKey, 'command', value);
    expect(openWith(server.publicKey, 'command', given)).toBeNull();
  });

  test('does not open once anything in the text was changed', () => {
    const given = seal(server.privateKey, 'command', value);
    fc.assert(
      fc.property(fc.nat(given.body.length), fc.string({ minLength: 1, maxLength: 3 }), (at, put) => {
        const body = given.body.slice(0, at) + put + given.body.slice(at + put.length);
        fc.pre(body !== given.body);
        expect(openWith(server.publicKey, 'command', { ...given, body })).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  test('is not the same text because it means the same JSON', () => {
    const given = seal(server.privateKey, 'command', value);
    const body = JSON.stringify(JSON.parse(given.body), null, 1);
    expect(openWith(server.publicKey, 'command', { ...given, body })).toBeNull();
  });

  test('does not open with any bit of the signature changed', () => {
    const given = seal(server.privateKey, 'command', value);
    const bytes = Buffer.from(given.signature, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const signature = changed.toString('base64url');
        expect(openWith(server.publicKey, 'command', { ...given, signature })).toBeNull();
      }),
    );
  });

  test('of another shape is nothing, though its signature is right; so is text that is no JSON', () => {
    const more = seal(server.privateKey, 'command', { ...value, path: '/bin/sh' });
    expect(openWith(server.publicKey, 'command', more)).toBeNull();
    expect(peek({ body: '{', signature: more.signature }, shape)).toBeNull();
  });

  test('cannot hold half a character: two texts would have the same signature', () => {
    const half = '{"device":"\ud800","n":1}';
    const whole = '{"device":"\ufffd","n":1}';
    const given = seal(server.privateKey, 'command', JSON.parse(whole));
    expect(signed.safeParse({ ...given, body: half }).success).toBe(false);
    expect(signed.safeParse({ ...given, body: whole }).success).toBe(true);
  });

  test.each([
    ['no signature', { body: '{}' }],
    ['a short one', { body: '{}', signature: 'A'.repeat(85) }],
    ['ordinary base64', { body: '{}', signature: `${'A'.repeat(85)}+` }],
    ['more than it may have', { body: '{}', signature: 'A'.repeat(86), purpose: 'command' }],
    ['a text without end', { body: 'x'.repeat(2_000_001), signature: 'A'.repeat(86) }],
  ])('is refused with %s', (_, given) => {
    expect(signed.safeParse(given).success).toBe(false);
  });
});

describe('keys', () => {
  test('are read back from how they are written', () => {
    const again = readPrivateKey(writePrivateKey(server.privateKey));
    expect(again.publicKey).toBe(server.publicKey);
    expect(publicKeyText.parse(server.publicKey)).toHaveLength(43);
    expect(openWith(again.publicKey, 'policy', seal(again.privateKey, 'policy', value))).toEqual(value);
  });

  test('of another kind are refused', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => readPrivateKey(writePrivateKey(privateKey))).toThrow('Ed25519');
    expect(() => readPrivateKey('not a key')).toThrow();
    expect(() => readPublicKey('A'.repeat(42))).toThrow();
  });

  test('have a name for people: sixteen hex digits in groups, another for each key', () => {
    expect(keyName(server.publicKey)).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
    expect(keyName(server.publicKey)).not.toBe(keyName(other.publicKey));
  });
});
