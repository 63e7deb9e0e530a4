import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateError } from './certificates/errors.ts';
import { readFingerprints } from './certificates/fingerprints.ts';
import { readTrust, type Trust } from './certificates/trust-bundle.ts';
import { TRUST_BUNDLE_FILE, TRUST_ROOTS_FILE } from './home.ts';

export interface LocalTrust {
  /** `null`: there is no usable bundle; `problem` then says why, unless there is none at all. */
  readonly trust: Trust | null;
  /** The file it came from, or would have come from. */
  readonly source: string;
  readonly problem: string | null;
}

/** Reads the trust bundle of this computer: `ECA_TRUST_BUNDLE` and `ECA_ROOTS`, else the agent's home. Never throws. */
export function readLocalTrust(home: string, env: NodeJS.ProcessEnv): LocalTrust {
  const named = env.ECA_TRUST_BUNDLE;
  const source = named ? named : join(home, TRUST_BUNDLE_FILE);
  try {
    const bundle = fileOrNull(source);
    if (bundle === null) return { trust: null, source, problem: named ? 'The file is not there.' : null };
    const pins = env.ECA_ROOTS ?? fileOrNull(join(home, TRUST_ROOTS_FILE))?.toString('utf8');
    return {
      trust: readTrust(bundle, readFingerprints(pins?.replaceAll(/\r?\n/g, ','))),
      source,
      problem: null,
    };
  } catch (error) {
    return { trust: null, source, problem: problemOf(error) };
  }
}

function fileOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function problemOf(error: unknown): string {
  if (error instanceof CertificateError) return `${error.message} ${error.mend}`;
  return error instanceof Error ? error.message : 'The file cannot be read.';
}
