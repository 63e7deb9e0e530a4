import { readFile } from 'node:fs/promises';
import { CertificateError } from '../agent/certificates/errors.ts';
import { readFingerprints } from '../agent/certificates/fingerprints.ts';
import { readTrust, type Trust } from '../agent/certificates/trust-bundle.ts';
import type { Paired } from '../agent/protocol.ts';
import { DevicesSetupError } from './setup-error.ts';

export interface ServerTrust {
  /** What certificates are judged against here; null: nothing can be confirmed. */
  trust: Trust | null;
  /** The same, as a computer is given it at pairing. */
  given: Paired['trust'];
}

/**
 * The operator's trust bundle.
 * @param roots fingerprints of the roots to trust out of it
 * @throws {DevicesSetupError} `bad-trust-bundle`: it cannot be read, or holds none of the roots
 */
export async function openTrust(file: string | null, roots: readonly string[]): Promise<ServerTrust> {
  const pins = readFingerprints(roots.join(','));
  if (file === null) return { trust: null, given: { bundle: null, roots: [...pins] } };
  const bundle = await readFile(file);
  return { trust: read(bundle, pins), given: { bundle: bundle.toString('base64'), roots: [...pins] } };
}

function read(bundle: Buffer, pins: readonly string[]): Trust {
  try {
    return readTrust(bundle, pins);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new DevicesSetupError('bad-trust-bundle', `${error.message} ${error.mend}`, error);
  }
}
