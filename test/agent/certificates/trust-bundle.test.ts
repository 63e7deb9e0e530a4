import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { CertificateError } from '../../../src/agent/certificates/errors.ts';
import { DEFAULT_ECA_ROOTS, readFingerprints } from '../../../src/agent/certificates/fingerprints.ts';
import { readTrust } from '../../../src/agent/certificates/trust-bundle.ts';
import { makeTestCa, type TestCa } from '../../support/token/test-ca.ts';

let eca: TestCa;
let pins: readonly string[];

beforeAll(async () => {
  eca = await makeTestCa();
  pins = readFingerprints(eca.rootPin);
});

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'fine';
  } catch (error) {
    if (error instanceof CertificateError) return error.code;
    throw error;
  }
};

test('a bundle is read as PEM, as PKCS#7 in PEM and in DER, and as one DER certificate', () => {
  const pkcs7 = new x509.X509Certificates([eca.root, eca.ca]);
  const forms: Uint8Array[] = [
    Buffer.from(eca.bundle),
    Buffer.from(`some words\r\n${eca.bundle.replaceAll('\n', '\r\n')}`),
    Buffer.from(pkcs7.export('pem')),
    new Uint8Array(pkcs7.export('raw')),
  ];
  expect(forms.map((form) => readTrust(form, pins).certificates.length)).toEqual([2, 2, 2, 2]);
  expect(readTrust(new Uint8Array(eca.root.rawData), pins).roots).toHaveLength(1);
});

test('a root that is not pinned is not trusted, whatever else is in the bundle', async () => {
  const other = await makeTestCa();
  expect(codeOf(() => readTrust(Buffer.from(other.bundle), pins))).toBe('no-pinned-root');
  expect(readTrust(Buffer.from(eca.bundle + other.bundle), pins).roots).toHaveLength(1);
});

test('fingerprints may be SHA-1 or SHA-256, with colons and blanks, and are the ECA roots by default', () => {
  const sha1 = '73:e8:bb:08:e3:37:d6:a5:a6:ae:f9:0c:ff:dd:97:d9:17:6c:b5:82';
  expect(readFingerprints(` ${sha1} , ${'ab'.repeat(32)}`)).toEqual([DEFAULT_ECA_ROOTS[0], 'AB'.repeat(32)]);
  expect(readFingerprints(undefined)).toEqual(DEFAULT_ECA_ROOTS);
  expect(codeOf(() => readFingerprints('abc'))).toBe('bad-fingerprint');
});

test('garbage throws nothing but the documented error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.string().map((s) => Buffer.from(`-----BEGIN ${s}`)),
      ),
      (bytes) => {
        expect(codeOf(() => readTrust(bytes, pins))).toBe('unreadable-bundle');
      },
    ),
  );
});
