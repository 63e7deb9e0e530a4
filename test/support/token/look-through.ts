import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckOptions, check } from '../../../src/agent/check.ts';
import { spawnFromSource } from '../../../src/agent/pkcs11/run-child.ts';
import type { CheckReport } from '../../../src/agent/report.ts';
import { NOW, type TestCa } from './test-ca.ts';

/** Environment that points the agent at a test CA's bundle and root. */
export function trusting(ca: TestCa, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const bundle = join(mkdtempSync(join(tmpdir(), 'ecadesk-trust-')), 'bundle.pem');
  writeFileSync(bundle, ca.bundle);
  return { ...env, ECA_TRUST_BUNDLE: bundle, ECA_ROOTS: ca.rootPin };
}

/** A whole check in this process, its looks in real children, at the moment at which the tests live. */
export function checkWith(
  env: NodeJS.ProcessEnv,
  module: string,
  more: Partial<CheckOptions> = {},
): Promise<CheckReport> {
  const home = '/nonexistent';
  const spawnChild = spawnFromSource(env);
  return check({
    module,
    env,
    home,
    spawnChild,
    platform: 'linux',
    clock: () => NOW,
    deadlineMs: 10_000,
    ...more,
  });
}
