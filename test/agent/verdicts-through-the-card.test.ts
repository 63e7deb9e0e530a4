import { execFile } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { suiteNeeding } from '../support/require-part.ts';
import { checkWith, trusting } from '../support/token/look-through.ts';
import { type PrivatePcscd, startPcscd } from '../support/token/pcscd.ts';
import { type PivCard, type PivContents, pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent, OPENSC_MODULE } from '../support/token/rig-parts.ts';
import { secretsPresented } from '../support/token/secrets-presented.ts';
import { makeTestCa, POLICY, type TestCa, yearsFromNow } from '../support/token/test-ca.ts';
import { type Inserted, insert, type Manner } from '../support/token/vpcd.ts';

suiteNeeding('the virtual card (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  let pcscd: PrivatePcscd;
  let eca: TestCa;
  let forged: TestCa;
  const inserted: Inserted[] = [];
  const cards: PivCard[] = [];

  beforeAll(async () => {
    [pcscd, eca, forged] = await Promise.all([startPcscd({ readers: true }), makeTestCa(), makeTestCa()]);
  });
  afterEach(() => {
    for (const card of inserted.splice(0)) card.pull();
    // Whatever the verdict was, each card must say that no PIN was presented to it.
    expect(cards.splice(0).flatMap(({ log }) => secretsPresented(log))).toEqual([]);
  });
  afterAll(() => pcscd.stop());

  async function put(
    contents: PivContents,
    { reader = 0, manner }: { reader?: number; manner?: Manner } = {},
  ) {
    const card = pivCard(contents, reader + 1);
    cards.push(card);
    inserted.push(await insert(card, pcscd.ports[reader] ?? 0, manner));
    return card;
  }
  const check = () => checkWith(trusting(eca, pcscd.env), OPENSC_MODULE);

  // The first one: pcscd takes a moment to see that another test's card was pulled.
  test('an empty reader is "no-token"', async () => {
    const report = await check();
    expect(report.verdict).toBe('no-token');
    expect(report.readers.map(({ card }) => card)).toEqual(['absent', 'absent']);
  });

  test('the right certificate is confirmed, and no PIN was ever presented', async () => {
    const card = await put({ '9A': await eca.issue(), '9D': await eca.issue({ usage: 'encryption' }) });
    const report = await check();
    expect(report.verdict).toBe('confirmed');
    expect(report.certificates.map(({ role, chain }) => [role, chain.status])).toEqual([
      ['signing', 'trusted'],
      ['encryption', 'trusted'],
    ]);
    expect(card.log.length).toBeGreaterThan(10);
    expect(secretsPresented(card.log)).toEqual([]);
  });

  test('had a PIN been presented, the log of the card would show it', async () => {
    const card = await put({ '9A': await eca.issue() });
    const login = ['--module', OPENSC_MODULE, '--login', '--pin', '123456', '--list-objects'];
    await new Promise((done) => execFile('/usr/bin/pkcs11-tool', login, { env: pcscd.env }, done));
    expect(secretsPresented(card.log)).toEqual([expect.stringContaining('313233343536')]);
    cards.splice(0);
  });

  test('a token without certificates is "blank-token"', async () => {
    await put({});
    expect((await check()).verdict).toBe('blank-token');
  });

  test('a certificate of another issuer is "foreign-certificate"', async () => {
    const other = await makeTestCa({ name: 'DOD ID CA-70' });
    await put({ '9A': await other.issue() });
    expect((await check()).verdict).toBe('foreign-certificate');
  });

  test('the software product is "software-certificate"', async () => {
    await put({ '9A': await eca.issue({ policies: [POLICY.software] }) });
    expect((await check()).verdict).toBe('software-certificate');
  });

  test('a device policy is "device-certificate"', async () => {
    await put({ '9A': await eca.issue({ policies: [POLICY.device] }) });
    expect((await check()).verdict).toBe('device-certificate');
  });

  test('only the encryption certificate is "encryption-only"', async () => {
    await put({ '9D': await eca.issue({ usage: 'encryption' }) });
    expect((await check()).verdict).toBe('encryption-only');
  });

  test('a certificate that ended is "expired", although its CA ended too', async () => {
    const old = await makeTestCa({ name: 'IdenTrust ECA S22', notAfter: yearsFromNow(-1) });
    await put({ '9A': await old.issue({ notBefore: yearsFromNow(-4), notAfter: yearsFromNow(-2) }) });
    expect((await checkWith(trusting(old, pcscd.env), OPENSC_MODULE)).verdict).toBe('expired');
  });

  test('a certificate that has not begun is "not-yet-valid"', async () => {
    await put({ '9A': await eca.issue({ notBefore: yearsFromNow(1) }) });
    expect((await check()).verdict).toBe('not-yet-valid');
  });

  test('a CA of the right name under another root is "untrusted-chain"', async () => {
    await put({ '9A': await forged.issue() });
    const report = await check();
    expect(report.verdict).toBe('untrusted-chain');
    expect(report.certificates[0]?.chain.status).toBe('untrusted');
  });

  test('without a trust bundle the right certificate is "no-trust-bundle"', async () => {
    await put({ '9A': await eca.issue() });
    expect((await checkWith(pcscd.env, OPENSC_MODULE)).verdict).toBe('no-trust-bundle');
  });

  test('two tokens of which none is right are "several-tokens"', async () => {
    await put({ '9A': await forged.issue() });
    await put({}, { reader: 1 });
    const report = await check();
    expect(report.verdict).toBe('several-tokens');
    expect(report.tokens).toHaveLength(2);
  });

  test('of two tokens the one with the right certificate is confirmed', async () => {
    const der = await eca.issue({ name: 'Hopper.Grace.B0002' });
    await put({ '9A': await forged.issue() });
    await put({ '9A': der }, { reader: 1 });
    const report = await check();
    expect(report.verdict).toBe('confirmed');
    expect(report.message).toContain('Hopper.Grace.B0002');
  });

  test('two tokens with a right certificate each are "several-tokens"', async () => {
    await put({ '9A': await eca.issue() });
    await put({ '9A': await eca.issue() }, { reader: 1 });
    expect((await check()).verdict).toBe('several-tokens');
  });

  test('a module that exists nowhere is "no-module", and the readers are seen all the same', async () => {
    const report = await checkWith(pcscd.env, '/nonexistent/module.so');
    expect(report.verdict).toBe('no-module');
    expect(report.readers).toHaveLength(2);
  });
});

suiteNeeding('a smart-card service without readers (pcscd, OpenSC)', cardRigPresent, () => {
  test('is "no-reader"', async () => {
    const bare = await startPcscd({ readers: false });
    const report = await checkWith(bare.env, OPENSC_MODULE).finally(() => bare.stop());
    expect(report.verdict).toBe('no-reader');
    expect(report.system.service).toBe('running');
  });

  test('is "no-service" once it has stopped', async () => {
    const bare = await startPcscd({ readers: false });
    await bare.stop();
    const report = await checkWith(bare.env, OPENSC_MODULE);
    expect(report.verdict).toBe('no-service');
    expect(report.system.service).toBe('absent');
  });
});
