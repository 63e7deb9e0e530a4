import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readCertificate } from '../../../src/agent/certificates/certificate.ts';
import { inspect } from '../../../src/agent/pkcs11/inspect.ts';
import { spawnFromSource } from '../../../src/agent/pkcs11/run-child.ts';
import { suiteNeeding } from '../../support/require-part.ts';
import { type PrivatePcscd, startPcscd } from '../../support/token/pcscd.ts';
import { pivCard } from '../../support/token/piv-card.ts';
import {
  cardRigPresent,
  OPENSC_MODULE,
  SOFTHSM_MODULE,
  softHsmPresent,
} from '../../support/token/rig-parts.ts';
import { makeSoftHsm } from '../../support/token/softhsm.ts';
import { makeTestCa } from '../../support/token/test-ca.ts';
import { insert } from '../../support/token/vpcd.ts';

const run = promisify(execFile);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function ours(env: NodeJS.ProcessEnv, module: string) {
  const { look } = await inspect({ spawnChild: spawnFromSource(env), module });
  const tokens = (look?.slots ?? []).flatMap(({ token }) => (token?.initialized ? [token] : []));
  return tokens.map(({ label, serial, certificates }) => ({
    label,
    serial,
    certificates: certificates.map(({ der }) => sha256(Buffer.from(der, 'base64'))).sort(),
  }));
}

/** The same through pkcs11js, in a process of its own like ours. */
const PKCS11JS = `
  const { PKCS11 } = require(process.argv[1]);
  const { createHash } = require('node:crypto');
  const p = new PKCS11();
  p.load(process.argv[2]);
  p.C_Initialize();
  const out = [];
  for (const slot of p.C_GetSlotList(true)) {
    const info = p.C_GetTokenInfo(slot);
    if ((info.flags & 0x400) === 0) continue;
    const session = p.C_OpenSession(slot, 4);
    p.C_FindObjectsInit(session, [{ type: 0, value: 1 }]);
    const certificates = [];
    for (let o = p.C_FindObjects(session); o; o = p.C_FindObjects(session)) {
      const der = p.C_GetAttributeValue(session, o, [{ type: 0x11 }])[0].value;
      certificates.push(createHash('sha256').update(der).digest('hex'));
    }
    const text = (s) => s.split('\\0')[0].trim();
    out.push({ label: text(info.label), serial: text(info.serialNumber), certificates: certificates.sort() });
  }
  console.log(JSON.stringify(out));`;

const Oracle = z.array(
  z.object({ label: z.string(), serial: z.string(), certificates: z.array(z.string()) }),
);

async function pkcs11js(env: NodeJS.ProcessEnv, module: string) {
  const path = createRequire(import.meta.url).resolve('pkcs11js');
  const { stdout } = await run(process.execPath, ['-e', PKCS11JS, path, module], { env });
  return Oracle.parse(JSON.parse(stdout));
}

/** Certificates by CKA_ID as pkcs11-tool reads them. */
async function pkcs11Tool(env: NodeJS.ProcessEnv, module: string, ids: readonly string[]): Promise<string[]> {
  const read = ids.map((id) => ['--module', module, '--read-object', '--type', 'cert', '--id', id]);
  const found: string[] = [];
  for (const args of read) {
    const { stdout } = await run('/usr/bin/pkcs11-tool', args, { env, encoding: 'buffer' });
    found.push(sha256(stdout));
  }
  return found.sort();
}

/** What OpenSSL reads in a certificate. */
async function openssl(der: Uint8Array) {
  const file = join(mkdtempSync(join(tmpdir(), 'ecadesk-der-')), 'one.der');
  writeFileSync(file, der);
  const wanted = ['-subject', '-issuer', '-serial', '-dates', '-dateopt', 'iso_8601'];
  const read = ['x509', '-inform', 'DER', '-in', file, '-noout', '-nameopt', 'RFC2253,sep_comma_plus_space'];
  const { stdout } = await run('openssl', [...read, ...wanted]);
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
  const { stdout: text } = await run('openssl', [...read, '-text']);
  rmSync(dirname(file), { recursive: true });
  return {
    text,
    fields: {
      subject: field('subject'),
      issuer: field('issuer'),
      serial: BigInt(`0x${field('serial')}`),
      notBefore: new Date(field('notBefore').replace(' ', 'T')),
      notAfter: new Date(field('notAfter').replace(' ', 'T')),
    },
  };
}

function pkcs11jsPresent(): true | string {
  try {
    createRequire(import.meta.url)('pkcs11js');
    return true;
  } catch {
    return 'pkcs11js is not built';
  }
}
const both = (one: true | string, other: true | string) => (one === true ? other : one);

suiteNeeding(
  'a card read by others (pcscd, vpcd, OpenSC, pkcs11js)',
  () => both(cardRigPresent(), pkcs11jsPresent()),
  () => {
    let pcscd: PrivatePcscd;
    beforeAll(async () => {
      pcscd = await startPcscd({ readers: true });
    });
    afterAll(() => pcscd.stop());

    test('pkcs11js and pkcs11-tool see the same tokens and the same certificates, byte for byte', async () => {
      const eca = await makeTestCa();
      const ders = await Promise.all([
        eca.issue(),
        eca.issue(),
        eca.issue({ usage: 'encryption' }),
        eca.issue(),
      ]);
      const [a, c, d, e] = ders;
      if (!a || !c || !d || !e) throw new Error('four certificates were made');
      const card = await insert(pivCard({ '9A': a, '9C': c, '9D': d, '9E': e }), pcscd.ports[0] ?? 0);
      const seen = await ours(pcscd.env, OPENSC_MODULE);
      expect(seen.flatMap(({ certificates }) => certificates).sort()).toEqual(ders.map(sha256).sort());
      expect(seen).toEqual(await pkcs11js(pcscd.env, OPENSC_MODULE));
      expect(await pkcs11Tool(pcscd.env, OPENSC_MODULE, ['01', '02', '03', '04'])).toEqual(
        ders.map(sha256).sort(),
      );
      card.pull();
    });

    test('they agree on an empty reader, on a blank token, and on two tokens at once', async () => {
      const look = () => ours(pcscd.env, OPENSC_MODULE);
      const oracle = () => pkcs11js(pcscd.env, OPENSC_MODULE);
      expect([await look(), await oracle()]).toEqual([[], []]);
      const blank = await insert(pivCard({}, 1), pcscd.ports[0] ?? 0);
      const seen = await look();
      expect(seen).toEqual(await oracle());
      expect(seen.map(({ certificates }) => certificates)).toEqual([[]]);
      const der = await (await makeTestCa()).issue();
      const other = await insert(pivCard({ '9A': der }, 2), pcscd.ports[1] ?? 0);
      const both = await look();
      expect(both).toEqual(await oracle());
      expect(both.map(({ certificates }) => certificates)).toEqual([[], [sha256(der)]]);
      blank.pull();
      other.pull();
    });

    test('OpenSSL reads the same names, serial number, times and policies in the certificate', async () => {
      const der = await (await makeTestCa()).issue();
      const card = await insert(pivCard({ '9A': der }), pcscd.ports[0] ?? 0);
      const { look } = await inspect({ spawnChild: spawnFromSource(pcscd.env), module: OPENSC_MODULE });
      card.pull();
      const found = look?.slots.flatMap(({ token }) => token?.certificates ?? []) ?? [];
      const ours = found.map((one) => readCertificate(Buffer.from(one.der, 'base64')));
      const theirs = await openssl(der);
      expect(
        ours.map(({ subject, issuer, serial, notBefore, notAfter }) => ({
          subject,
          issuer,
          serial: BigInt(`0x${serial}`),
          notBefore,
          notAfter,
        })),
      ).toEqual([theirs.fields]);
      for (const policy of ours.flatMap(({ policies }) => policies))
        expect(theirs.text).toContain(`Policy: ${policy}`);
    });
  },
);

suiteNeeding(
  'SoftHSM2 read by others (SoftHSM2, pkcs11js)',
  () => both(softHsmPresent(), pkcs11jsPresent()),
  () => {
    test('pkcs11js and pkcs11-tool see the same', async () => {
      const hsm = makeSoftHsm();
      const eca = await makeTestCa();
      const ders = [await eca.issue(), await eca.issue({ usage: 'encryption' })];
      hsm.addToken('ada', ders);
      const seen = await ours(hsm.env, SOFTHSM_MODULE);
      expect(seen[0]?.certificates).toEqual(ders.map(sha256).sort());
      expect(seen).toEqual(await pkcs11js(hsm.env, SOFTHSM_MODULE));
      expect(await pkcs11Tool(hsm.env, SOFTHSM_MODULE, ['01', '02'])).toEqual(seen[0]?.certificates);
      hsm.remove();
    });
  },
);
