import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOFTHSM_MODULE } from './rig-parts.ts';

/** A SoftHSM2 of the test's own: its tokens live in a folder of their own. */
export interface SoftHsm {
  readonly env: NodeJS.ProcessEnv;
  addToken(label: string, certificates: readonly Uint8Array[]): void;
  remove(): void;
}

const PIN = '246813';

export function makeSoftHsm(): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'ecadesk-softhsm-'));
  mkdirSync(join(folder, 'tokens'));
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(
    conf,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const env = { ...process.env, SOFTHSM2_CONF: conf, PCSCLITE_CSOCK_NAME: join(folder, 'no-service') };
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { env, stdio: 'pipe' });
  return {
    env,
    addToken(label, certificates) {
      run(
        '/usr/bin/softhsm2-util',
        '--init-token',
        '--free',
        '--label',
        label,
        '--so-pin',
        PIN,
        '--pin',
        PIN,
      );
      for (const [i, der] of certificates.entries()) {
        const file = join(folder, `${label}-${i}.der`);
        writeFileSync(file, der);
        const token = ['--module', SOFTHSM_MODULE, '--token-label', label, '--login', '--pin', PIN];
        run('/usr/bin/pkcs11-tool', ...token, '--write-object', file, '--type', 'cert', '--id', `0${i + 1}`);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
