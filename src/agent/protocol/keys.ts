import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** An Ed25519 public key: its 32 raw bytes, base64url. */
export const publicKeyText = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** An Ed25519 private key as PKCS#8 PEM: for a file that only its owner reads. */
export const privateKeyText = z.string().startsWith('-----BEGIN PRIVATE KEY-----').max(400);

const jwk = z.object({ x: publicKeyText });

export interface KeyPair {
  privateKey: KeyObject;
  publicKey: string;
}

export function makeKeyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

export function publicKeyOf(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return jwk.parse(open.export({ format: 'jwk' })).x;
}

/** @throws when the text is no such key */
export function readPublicKey(text: string): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKeyText.parse(text) },
    format: 'jwk',
  });
}

export function writePrivateKey(key: KeyObject): string {
  return privateKeyText.parse(key.export({ type: 'pkcs8', format: 'pem' }));
}

/** @throws when the text is no Ed25519 private key */
export function readPrivateKey(text: string): KeyPair {
  const privateKey = createPrivateKey(privateKeyText.parse(text));
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('This is not an Ed25519 key.');
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** What a person may compare: the first 16 hex digits of nothing secret, in groups. */
export function keyName(publicKey: string): string {
  return Buffer.from(publicKey, 'base64url')
    .subarray(0, 8)
    .toString('hex')
    .replace(/(....)(?=.)/g, '$1 ');
}
