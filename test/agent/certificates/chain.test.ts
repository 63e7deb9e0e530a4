import { beforeAll, describe, expect, test } from 'vitest';
import { assess } from '../../../src/agent/certificates/assess.ts';
import { readCertificate } from '../../../src/agent/certificates/certificate.ts';
import { readFingerprints } from '../../../src/agent/certificates/fingerprints.ts';
import { readTrust } from '../../../src/agent/certificates/trust-bundle.ts';
import {
  type CaOptions,
  makeTestCa,
  NOW,
  POLICY,
  type TestCa,
  yearsFromNow,
} from '../../support/token/test-ca.ts';

const trustIn = (ca: TestCa) => readTrust(Buffer.from(ca.bundle), readFingerprints(ca.rootPin));

async function judged(ca: TestCa, der: Uint8Array, trustedCa = ca) {
  const { finding, chain } = assess(readCertificate(der), trustIn(trustedCa), NOW);
  return { finding, reason: chain.status === 'untrusted' ? chain.reason : chain.status };
}

describe('a chain holds only when everything in it does', () => {
  const cases: [string, Partial<CaOptions>, string][] = [
    ['the issuing CA is no CA', { isCa: false }, 'issuer-not-a-ca'],
    ['the issuing CA has ended', { notAfter: yearsFromNow(-0.5) }, 'issuer-not-valid-then'],
    ['a critical extension is unknown', { critical: ['2.5.29.30'] }, 'unknown-critical-extension'],
    ['the CA is signed with SHA-1', { hash: 'SHA-1' }, 'weak-signature'],
  ];
  test.each(cases)('%s', async (_, options, reason) => {
    const ca = await makeTestCa(options);
    expect(await judged(ca, await ca.issue())).toEqual({ finding: 'untrusted-chain', reason });
  });

  test('all is well', async () => {
    const ca = await makeTestCa();
    expect(await judged(ca, await ca.issue())).toEqual({ finding: 'right', reason: 'trusted' });
  });
});

describe('forgeries', () => {
  let real: TestCa;
  beforeAll(async () => {
    real = await makeTestCa();
  });

  test('a CA of the same name with another key does not pass', async () => {
    const forger = await makeTestCa();
    expect(await judged(forger, await forger.issue(), real)).toEqual({
      finding: 'untrusted-chain',
      reason: 'bad-signature',
    });
  });

  test('a changed byte in the signed part does not pass', async () => {
    const der = Uint8Array.from(await real.issue());
    const at = Buffer.from(der).indexOf('Lovelace');
    der.set(Buffer.from('Loveless'), at);
    expect((await judged(real, der)).reason).toBe('bad-signature');
  });

  test('a CA may not issue for a policy that its own certificate does not have', async () => {
    const softwareOnly = await makeTestCa({ policies: [POLICY.software] });
    const { finding } = await judged(softwareOnly, await softwareOnly.issue({ policies: [POLICY.token] }));
    expect(finding).toBe('untrusted-chain');
  });
});

describe('what one certificate is', () => {
  test.each([
    ['IdenTrust ECA S99', POLICY.hardware, 'right'],
    ['IdenTrust ECA S22C', POLICY.token, 'device-certificate'],
    ['IdenTrust ECA Component S23', POLICY.token, 'device-certificate'],
    ['IdenTrust ECA S99', POLICY.device, 'device-certificate'],
    ['IdenTrust ECA S99', POLICY.software, 'software-certificate'],
    ['IdenTrust ECA S99', '2.16.840.1.101.3.2.1.12.6', 'foreign-certificate'],
    ['IdenTrust ECA S99', '1.2.3.4', 'foreign-certificate'],
    ['IdenTrust ECA S99 CA', POLICY.token, 'foreign-certificate'],
    ['Not IdenTrust ECA S99', POLICY.token, 'foreign-certificate'],
  ])('issued by "%s" for policy %s: %s', async (name, policy, finding) => {
    const ca = await makeTestCa({ name });
    expect((await judged(ca, await ca.issue({ policies: [policy] }))).finding).toBe(finding);
  });

  test('its own validity is judged to the second', async () => {
    const ca = await makeTestCa();
    const at = (ms: number) => new Date(NOW.getTime() + ms);
    expect((await judged(ca, await ca.issue({ notAfter: at(0) }))).finding).toBe('right');
    expect((await judged(ca, await ca.issue({ notAfter: at(-1000) }))).finding).toBe('expired');
    expect((await judged(ca, await ca.issue({ notBefore: at(1000) }))).finding).toBe('not-yet-valid');
  });

  test("without key usage it is nobody's signing certificate", async () => {
    const ca = await makeTestCa();
    expect((await judged(ca, await ca.issue({ usage: 'none' }))).finding).toBe('foreign-certificate');
  });
});
