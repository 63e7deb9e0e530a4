import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { type Certificate, readCertificate } from './certificate.ts';
import { CertificateError } from './errors.ts';

/** The CA certificates that may stand in a chain, and those of them that end it. */
export interface Trust {
  /** Pinned roots: where a chain may end. Never empty. */
  readonly roots: readonly Certificate[];
  /** Everything of the bundle, roots included. */
  readonly certificates: readonly Certificate[];
}

/** DISA's own bundle is below 100 KB. */
export const MAX_BUNDLE_BYTES = 4 * 1024 * 1024;

/**
 * Reads a trust bundle and pins its roots.
 *
 * @param bundle PEM (certificates or PKCS#7, several blocks) or DER (one PKCS#7 or one certificate)
 * @param pins fingerprints as `readFingerprints` gives them; a root of the bundle that is not pinned is ignored
 * @throws CertificateError `unreadable-bundle`, or `no-pinned-root` when no root of the bundle is pinned
 */
export function readTrust(bundle: Uint8Array, pins: readonly string[]): Trust {
  const certificates = readBundle(bundle);
  const pinned = new Set(pins);
  const roots = certificates.filter(
    ({ isCa, sha1, sha256 }) => isCa && (pinned.has(sha1) || pinned.has(sha256)),
  );
  if (roots.length === 0) {
    throw new CertificateError(
      'no-pinned-root',
      'The trust bundle holds none of the roots that are to be trusted.',
      'Set ECA_TRUST_BUNDLE to the ECA bundle that DISA publishes, or ECA_ROOTS to the fingerprints of its roots.',
    );
  }
  return { roots, certificates };
}

function readBundle(bundle: Uint8Array): readonly Certificate[] {
  if (bundle.byteLength > MAX_BUNDLE_BYTES) throw unreadable();
  try {
    const text = Buffer.from(bundle).toString('latin1');
    const found = text.includes('-----BEGIN ') ? fromPem(text) : fromDer('', Uint8Array.from(bundle));
    if (found.length === 0) throw new Error('nothing inside');
    return found;
  } catch (cause) {
    throw unreadable(cause);
  }
}

function fromPem(text: string): Certificate[] {
  return x509.PemConverter.decodeWithHeaders(text).flatMap(({ type, rawData }) =>
    fromDer(type, new Uint8Array(rawData)),
  );
}

function fromDer(type: string, der: Uint8Array<ArrayBuffer>): Certificate[] {
  if (/^(X509 |TRUSTED )?CERTIFICATE$/.test(type)) return [readCertificate(der)];
  if (type !== '' && !/^(PKCS7|CMS)$/.test(type)) return [];
  if (type === '' && !isPkcs7(der)) return [readCertificate(der)];
  return [...new x509.X509Certificates(der)].map((one) => readCertificate(new Uint8Array(one.rawData)));
}

/** PKCS#7 begins with its own OID right after the outer SEQUENCE; a certificate begins with another SEQUENCE. */
function isPkcs7(der: Uint8Array): boolean {
  return Buffer.from(der.subarray(0, 24)).includes(Buffer.from('2a864886f70d0107', 'hex'));
}

function unreadable(cause?: unknown): CertificateError {
  return new CertificateError(
    'unreadable-bundle',
    'The trust bundle could not be read.',
    'Give a PEM or DER file with certificates or PKCS#7; unpack it first if it came as a .zip.',
    cause,
  );
}
