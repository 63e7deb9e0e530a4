import { afterEach, expect, test } from 'vitest';
import { suiteNeeding } from '../support/require-part.ts';
import { brokenModule } from '../support/token/broken-module.ts';
import { checkWith, trusting } from '../support/token/look-through.ts';
import { compilerPresent, SOFTHSM_MODULE, softHsmPresent } from '../support/token/rig-parts.ts';
import { makeSoftHsm, type SoftHsm } from '../support/token/softhsm.ts';
import { makeTestCa } from '../support/token/test-ca.ts';

const NO_SERVICE = { ...process.env, PCSCLITE_CSOCK_NAME: '/nonexistent/pcscd' };

suiteNeeding('modules that misbehave (gcc)', compilerPresent, () => {
  const check = (module: string, deadlineMs = 10_000) => checkWith(NO_SERVICE, module, { deadlineMs });

  test('one that crashes is reported, and the agent lives', async () => {
    const report = await check(brokenModule('crashes'));
    expect(report.verdict).toBe('module-failed');
    expect(report.system.detail).toContain('SIGSEGV');
  });

  test('one that ends its process with code 0 has not answered', async () => {
    expect((await check(brokenModule('exits'))).verdict).toBe('module-failed');
  });

  test('one that hangs is "timed-out"', async () => {
    expect((await check(brokenModule('hangs'), 1_500)).verdict).toBe('timed-out');
  });

  test('one that floods standard output with answers of its own cannot answer for us', async () => {
    expect((await check(brokenModule('babbles'))).verdict).toBe('module-failed');
  });

  test('a file that is no library is "module-failed"', async () => {
    expect((await check(import.meta.filename)).verdict).toBe('module-failed');
  });
});

suiteNeeding('SoftHSM2 as another module', softHsmPresent, () => {
  let hsm: SoftHsm;
  afterEach(() => hsm.remove());

  test('its token is confirmed like a card, with no smart-card service at all', async () => {
    hsm = makeSoftHsm();
    const eca = await makeTestCa();
    hsm.addToken('ada', [await eca.issue(), await eca.issue({ usage: 'encryption' })]);
    const report = await checkWith(trusting(eca, hsm.env), SOFTHSM_MODULE);
    expect(report.verdict).toBe('confirmed');
    expect(report.certificates.map(({ role }) => role).sort()).toEqual(['encryption', 'signing']);
  });

  test('two of its tokens are "several-tokens", and its free slot is not one', async () => {
    hsm = makeSoftHsm();
    hsm.addToken('one', []);
    hsm.addToken('two', []);
    const report = await checkWith(hsm.env, SOFTHSM_MODULE);
    expect(report.verdict).toBe('several-tokens');
    expect(report.tokens.filter(({ initialized }) => initialized)).toHaveLength(2);
  });

  test('its free slot alone is no token', async () => {
    hsm = makeSoftHsm();
    expect((await checkWith(hsm.env, SOFTHSM_MODULE)).verdict).toBe('no-token');
  });
});
