import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { suiteNeeding } from '../support/require-part.ts';
import { trusting } from '../support/token/look-through.ts';
import { startPcscd } from '../support/token/pcscd.ts';
import { pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent, OPENSC_MODULE, SOFTHSM_MODULE, softHsmPresent } from '../support/token/rig-parts.ts';
import { secretsPresented } from '../support/token/secrets-presented.ts';
import { makeSoftHsm } from '../support/token/softhsm.ts';
import { makeTestCa } from '../support/token/test-ca.ts';
import { insert } from '../support/token/vpcd.ts';

const MAIN = fileURLToPath(new URL('../../src/agent/main.ts', import.meta.url));
const NO_SERVICE = { ...process.env, PCSCLITE_CSOCK_NAME: '/nonexistent/pcscd' };

async function agent(args: readonly string[], env: NodeJS.ProcessEnv = NO_SERVICE) {
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString('utf8');
  });
  await once(child, 'close');
  return { ...said, code: child.exitCode };
}

test('a command line that makes no sense ends with 64, and standard output stays empty', async () => {
  for (const args of [['bogus'], ['check', '--nope'], ['check', '--module'], ['check', 'more'], []]) {
    const { code, out, err } = await agent(args);
    expect([args, code, out]).toEqual([args, 64, '']);
    expect(err).not.toBe('');
  }
});

test('help ends with 0', async () => {
  const { code, out } = await agent(['--help']);
  expect([code, out.includes('check')]).toEqual([0, true]);
});

test('what could not be looked at ends with 2, and still prints one JSON document', async () => {
  const { code, out } = await agent(['check', '--json', '--module', '/nonexistent/module.so']);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({ verdict: 'no-module', readers: [], tokens: [], certificates: [] });
});

suiteNeeding('the whole command with SoftHSM2', softHsmPresent, () => {
  test('confirmed ends with 0; the document is as documented', async () => {
    const hsm = makeSoftHsm();
    const eca = await makeTestCa();
    // This is the one test at the computer's own time.
    const year = 365 * 24 * 3600 * 1000;
    const der = await eca.issue({
      notBefore: new Date(Date.now() - year),
      notAfter: new Date(Date.now() + year),
    });
    hsm.addToken('ada', [der]);
    const env = { ...trusting(eca, hsm.env), PKCS11_MODULE: SOFTHSM_MODULE };
    const { code, out, err } = await agent(['check', '--json'], env);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'confirmed',
      message: expect.stringContaining('Lovelace'),
      certificates: [
        {
          role: 'signing',
          serial: expect.stringMatching(/^[0-9a-f]+$/),
          notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          chain: { status: 'trusted' },
        },
      ],
    });
    const text = await agent(['check', '--module', SOFTHSM_MODULE], env);
    expect([text.code, text.out.split('\n')[0]]).toEqual([0, expect.stringContaining('All good')]);
    hsm.remove();
  });

  test('looked and not confirmed ends with 1; a bundle that cannot be read is named', async () => {
    const hsm = makeSoftHsm();
    hsm.addToken('ada', [await (await makeTestCa()).issue()]);
    const env = { ...hsm.env, ECA_TRUST_BUNDLE: MAIN };
    const { code, out } = await agent(['check', '--json', '--module', SOFTHSM_MODULE], env);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'no-trust-bundle',
      system: { trustBundle: { loaded: false, problem: expect.stringContaining('could not be read') } },
    });
    hsm.remove();
  });
});

suiteNeeding('the whole command with a card (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  test('confirmed ends with 0, an empty reader with 1, and no PIN was presented', async () => {
    const pcscd = await startPcscd({ readers: true });
    const eca = await makeTestCa();
    const year = 365 * 24 * 3600 * 1000;
    const der = await eca.issue({
      notBefore: new Date(Date.now() - year),
      notAfter: new Date(Date.now() + year),
    });
    const args = ['check', '--json', '--module', OPENSC_MODULE];
    const env = trusting(eca, pcscd.env);
    const empty = await agent(args, env);
    expect([empty.code, JSON.parse(empty.out).verdict]).toEqual([1, 'no-token']);
    const card = pivCard({ '9A': der });
    const inserted = await insert(card, pcscd.ports[0] ?? 0);
    const full = await agent(args, env);
    expect([full.code, JSON.parse(full.out).verdict, full.err]).toEqual([0, 'confirmed', '']);
    expect([card.log.length > 10, secretsPresented(card.log)]).toEqual([true, []]);
    inserted.pull();
    await pcscd.stop();
  });
});
