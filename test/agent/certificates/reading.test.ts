import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { readCertificate } from '../../../src/agent/certificates/certificate.ts';
import { CertificateError } from '../../../src/agent/certificates/errors.ts';
import { makeTestCa } from '../../support/token/test-ca.ts';

const RUNS = process.env.LONG === '1' ? 20_000 : 1_000;
let der: Uint8Array;

beforeAll(async () => {
  der = await (await makeTestCa()).issue();
});

/** What reading says: `read`, or the code of the only error it may throw. */
function outcome(bytes: Uint8Array): string {
  try {
    readCertificate(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof CertificateError) return error.code;
    throw error;
  }
}

test('a certificate is read as people read it: common name first, serial in hex', () => {
  const { subject, issuer, serial, policies, isCa } = readCertificate(der);
  expect(subject).toBe(
    'CN=Lovelace.Ada.A0001, OU=Example Corporation, OU=IdenTrust, OU=ECA, O=U.S. Government, C=US',
  );
  expect(issuer).toBe('CN=IdenTrust ECA S99, OU=Certification Authorities, OU=ECA, O=U.S. Government, C=US');
  expect(serial).toMatch(/^[0-9a-f]+$/);
  expect([policies, isCa]).toEqual([['2.16.840.1.101.3.2.1.12.5'], false]);
});

test('bytes after the certificate make it unreadable', () => {
  expect(outcome(Buffer.concat([der, Buffer.from([0])]))).toBe('unreadable-certificate');
});

test('what is far too long is not even looked at', () => {
  expect(outcome(new Uint8Array(64 * 1024 + 1))).toBe('unreadable-certificate');
});

test('garbage throws nothing but the documented error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(outcome(bytes)).toBe('unreadable-certificate');
    }),
    { numRuns: RUNS },
  );
});

test('a certificate with damaged bytes is read or refused, and nothing else happens', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, (changes) => {
      const bytes = Uint8Array.from(der);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      expect(['read', 'unreadable-certificate']).toContain(outcome(bytes));
    }),
    { numRuns: RUNS },
  );
});
