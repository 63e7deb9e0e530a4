import { beforeAll, describe, expect, it } from 'vitest';
import { readTrust, type Trust } from '../../src/agent/certificates/trust-bundle.ts';
import type { Outcome } from '../../src/agent/protocol.ts';
import { findingsOf, isOlder } from '../../src/devices/findings.ts';
import { makeTestCa, NOW, POLICY, type TestCa, yearsFromNow } from '../support/token/test-ca.ts';

let ca: TestCa;
let trust: Trust;
beforeAll(async () => {
  ca = await makeTestCa();
  trust = readTrust(Buffer.from(ca.bundle), [ca.rootPin.toUpperCase()]);
});

const around = () => ({ trust, now: NOW, openscVersion: '0.27.1', asked: true });
const eventsOf = (action: string, outcome: Outcome, more = {}) =>
  findingsOf(action, outcome, { ...around(), ...more }).events;
const done = (report: unknown): Outcome => ({ status: 'done', report });

const reader = { name: 'Reader', card: 'present', events: 1 };
const token = (ders: readonly Uint8Array[]) => ({
  label: 'PIV_II',
  manufacturer: 'piv_II',
  model: 'PKCS#15 emulated',
  serial: '1',
  initialized: true,
  interrupted: null,
  certificates: ders.map((der) => ({ id: '01', label: 'any', der: Buffer.from(der).toString('base64') })),
});
const tokenReport = (ders: readonly Uint8Array[] | null, more = {}) => ({
  outcome: 'looked',
  detail: null,
  settled: true,
  system: { service: 'running', readers: [ders ? reader : { ...reader, card: 'absent' }] },
  look: {
    library: { manufacturer: 'OpenSC', description: 'x', version: '0.27' },
    slots: [{ id: '0', reader: 'Reader', removable: true, problem: null, token: ders ? token(ders) : null }],
  },
  platform: 'win32',
  remoteSession: false,
  ...more,
});
const unasked = { asked: false };

const ofToken = (ders: readonly Uint8Array[] | null, more = {}, circumstances = {}) =>
  eventsOf('token.inspect', done(tokenReport(ders, more)), circumstances).map((event) => {
    const { type, fact, verdict, subject } = { fact: '', verdict: '', subject: '', ...event };
    return [type, fact, verdict, subject].filter(Boolean).join(' ');
  });

const system = (platform: string, arch: string) =>
  eventsOf('system.inspect', done({ platform, name: 'Windows 11', arch, hostname: 'H', bootedAt: 1 }));

describe('system.inspect', () => {
  it('proves Windows on the usual processors', () => {
    expect(system('win32', 'x64')).toEqual([{ type: 'proven', fact: 'windows' }]);
  });
  it('says of ARM, and of other systems, what to do', () => {
    expect(system('win32', 'arm64')).toMatchObject([
      { type: 'disproven', fact: 'windows', verdict: 'windows-on-arm', asked: true },
    ]);
    expect(system('darwin', 'arm64')).toMatchObject([{ verdict: 'not-windows' }]);
    expect(JSON.stringify(system('linux', 'x64'))).toContain('Find a Windows computer');
  });
});

describe('opensc.inspect and opensc.install', () => {
  const opensc = (present: boolean, version: string | null, than = '0.27.1') =>
    eventsOf('opensc.inspect', done({ present, version }), { openscVersion: than });

  it('prove it in the chosen version or a newer one, or in one that cannot be told', () => {
    for (const version of ['0.27.1', '0.27.1.0', '0.28.0-rc1', '1.0', null])
      expect(opensc(true, version)).toEqual([{ type: 'proven', fact: 'opensc-installed' }]);
    expect(opensc(true, '0.26.1', '0.26.1')).toHaveLength(1);
    expect(eventsOf('opensc.install', done({ version: '0.27.1', restartNeeded: true }))).toEqual([
      { type: 'proven', fact: 'opensc-installed' },
    ]);
  });
  it('say what is missing or old', () => {
    expect(opensc(false, null)).toMatchObject([{ fact: 'opensc-installed', verdict: 'no-module' }]);
    expect(opensc(true, '0.26.1')).toMatchObject([{ verdict: 'old-version' }]);
  });
  it('compare versions by their numbers', () => {
    expect(isOlder('0.9.0', '0.27.1')).toBe(true);
    expect(isOlder('0.27', '0.27.1')).toBe(true);
    expect(isOlder('OpenSC 0.27.1', '0.27.1')).toBe(false);
  });
});

describe('token.inspect', () => {
  it('proves the right certificate, by the name in it', async () => {
    const der = await ca.issue({ name: 'Lee.Kim.A1' });
    expect(ofToken([der])).toEqual(['proven token-present', 'proven certificate Lee.Kim.A1']);
  });

  it('believes certificates and no verdict: what the report claims beside them changes nothing', async () => {
    const report = { ...tokenReport([]), verdict: 'confirmed', code: 'confirmed', certificates: ['Kim'] };
    expect(eventsOf('token.inspect', done(report))).toMatchObject([
      { type: 'proven', fact: 'token-present' },
      { type: 'disproven', fact: 'certificate', verdict: 'blank-token' },
    ]);
  });

  it.each<[string, () => Promise<Uint8Array>]>([
    ['untrusted-chain', async () => (await makeTestCa()).issue()],
    ['expired', () => ca.issue({ notAfter: yearsFromNow(-0.5) })],
    ['not-yet-valid', () => ca.issue({ notBefore: yearsFromNow(1) })],
    ['software-certificate', () => ca.issue({ policies: [POLICY.software] })],
    ['device-certificate', () => ca.issue({ policies: [POLICY.device] })],
    ['encryption-only', () => ca.issue({ usage: 'encryption' })],
    ['foreign-certificate', async () => (await makeTestCa({ name: 'Some CA' })).issue()],
  ])('refuses one with the verdict %s, though the token is in', async (verdict, make) => {
    expect(ofToken([await make()])).toEqual(['proven token-present', `disproven certificate ${verdict}`]);
  });

  it('refuses every byte of a right certificate that was changed', async () => {
    const der = await ca.issue();
    for (let i = 0; i < der.length; i += 7) {
      const forged = Uint8Array.from(der);
      forged[i] = (forged[i] ?? 0) ^ 0x01;
      expect(ofToken([forged]).filter((e) => e.startsWith('proven certificate'))).toEqual([]);
    }
  });

  it('refuses a chain that ends in a root that is not pinned, and everything without a bundle', async () => {
    const der = await ca.issue();
    expect(ofToken([der], {}, { trust: null })).toContain('disproven certificate no-trust-bundle');
    const other = await makeTestCa();
    const elsewhere = readTrust(Buffer.from(other.bundle), [other.rootPin.toUpperCase()]);
    expect(ofToken([der], {}, { trust: elsewhere })).toContain('disproven certificate untrusted-chain');
  });

  it('judges by the server’s clock, not the computer’s', async () => {
    const der = await ca.issue({ notAfter: yearsFromNow(1) });
    expect(ofToken([der], {}, { now: yearsFromNow(1.5) })).toContain('disproven certificate expired');
  });

  it('proves that no token is in by an empty reader only', () => {
    expect(ofToken(null)).toEqual([
      'proven token-absent',
      'disproven token-present no-token',
      'disproven certificate no-token',
    ]);
    expect(ofToken(null, { settled: false })).not.toContain('proven token-absent');
    const mute = { service: 'running', readers: [{ ...reader, card: 'mute' }] };
    expect(ofToken(null, { system: mute }, unasked)).toEqual(['disproven certificate no-token']);
    expect(ofToken(null, { outcome: 'looked', look: null }, unasked)).toEqual([
      'disproven certificate module-failed',
    ]);
  });

  it('proves that no token is in also without software for tokens, where the readers can tell', () => {
    const missing = { outcome: 'missing', look: null };
    expect(ofToken(null, missing)).toEqual([
      'proven token-absent',
      'disproven token-present no-module',
      'disproven certificate no-module',
    ]);
    const off = { ...missing, system: { service: 'absent', readers: [] } };
    expect(ofToken(null, off, unasked)).toEqual(['disproven certificate no-module']);
  });

  it('answers who asked also where it cannot tell whether a token is in', () => {
    const unclear = ['token-absent', 'token-present', 'certificate'];
    const asked = { asked: true };
    expect(ofToken(null, { settled: false }, asked)).toEqual(unclear.map((f) => `disproven ${f} no-token`));
    expect(ofToken(null, {}, asked)).toEqual(ofToken(null));
  });

  it('takes a report that is too large or of another shape for a failure', () => {
    const big = tokenReport([new Uint8Array(400_000)]);
    for (const report of [big, {}, null, 'x'])
      expect(eventsOf('token.inspect', done(report))).toMatchObject([
        { type: 'action-failed', action: 'token.inspect', code: 'bad-report' },
      ]);
  });
});

describe('A task without a result', () => {
  it('is told with a sentence, and with nothing of the computer’s that would be more than words', () => {
    const outcome: Outcome = {
      status: 'failed',
      code: 'x',
      message: 'see [here](https://evil) *now* <!channel>',
    };
    const [event] = eventsOf('opensc.install', outcome);
    expect(event).toMatchObject({ type: 'action-failed', action: 'opensc.install', code: 'x', asked: true });
    const { message } = { message: '', ...event };
    expect(message).not.toMatch(/[[\]<>*|]/);
    expect(message).toContain('by hand');
  });
  it('of a watch is nothing to the journey', () => {
    expect(eventsOf('token.watch', { status: 'timed-out' })).toEqual([]);
    expect(eventsOf('anything.else', { status: 'declined' })).toEqual([]);
  });
});
