// @peculiar/x509 wires its parts with tsyringe, which refuses to load without the Reflect metadata API.
import 'reflect-metadata';
import { createHash, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { CertificateError } from './errors.ts';

/** One X.509 certificate, read. Everything here is what the certificate *claims*; only `chain.ts` proves it. */
export interface Certificate {
  readonly der: Uint8Array;
  /** Distinguished names, most specific part first: `CN=…, OU=…, O=…, C=US`. */
  readonly subject: string;
  readonly issuer: string;
  /** The common names alone; empty when there is none. */
  readonly commonName: string;
  readonly issuerCommonName: string;
  /** Hex, lower case, as encoded (leading zeros kept). */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Certificate policy OIDs; empty when the extension is absent. */
  readonly policies: readonly string[];
  /** `null`: the extension is absent. */
  readonly keyUsage: KeyUsage | null;
  readonly isCa: boolean;
  /** `null`: no limit. */
  readonly pathLength: number | null;
  /** OIDs of the extensions marked critical. */
  readonly criticalExtensions: readonly string[];
  /** Hash of the signature on this certificate, e.g. `SHA-256`; `unknown` for algorithms that name none. */
  readonly signatureHash: string;
  /** Hex, upper case, no separators. */
  readonly sha1: string;
  readonly sha256: string;
  /** OpenSSL's view of the same bytes; it checks signatures. */
  readonly openssl: X509Certificate;
}

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly encipherment: boolean;
  readonly certificateSigning: boolean;
}

/** A certificate is a few kilobytes; what is far larger is an attempt to keep the parser busy. */
export const MAX_CERTIFICATE_BYTES = 64 * 1024;

/** Reads one DER certificate. Throws only `CertificateError` with code `unreadable-certificate`. */
export function readCertificate(der: Uint8Array): Certificate {
  if (der.byteLength > MAX_CERTIFICATE_BYTES) throw unreadable(`it is ${der.byteLength} bytes long`);
  try {
    return read(Uint8Array.from(der));
  } catch (cause) {
    throw unreadable('its bytes are damaged or of another kind', cause);
  }
}

function read(der: Uint8Array<ArrayBuffer>): Certificate {
  const openssl = new X509Certificate(der);
  // OpenSSL ignores what follows the certificate; two readers that see different bytes are how forgeries pass.
  if (openssl.raw.byteLength !== der.byteLength) throw new Error('trailing bytes');
  const parsed = new x509.X509Certificate(der);
  const constraints = parsed.getExtension(x509.BasicConstraintsExtension);
  return {
    der,
    subject: specificFirst(parsed.subjectName),
    issuer: specificFirst(parsed.issuerName),
    commonName: parsed.subjectName.getField('CN')[0] ?? '',
    issuerCommonName: parsed.issuerName.getField('CN')[0] ?? '',
    serial: parsed.serialNumber.toLowerCase(),
    notBefore: validDate(parsed.notBefore),
    notAfter: validDate(parsed.notAfter),
    policies: [...(parsed.getExtension(x509.CertificatePolicyExtension)?.policies ?? [])],
    keyUsage: usageOf(parsed.getExtension(x509.KeyUsagesExtension)),
    isCa: constraints?.ca ?? false,
    pathLength: constraints?.pathLength ?? null,
    criticalExtensions: parsed.extensions.filter((one) => one.critical).map((one) => one.type),
    signatureHash: hashOf(parsed.signatureAlgorithm),
    sha1: createHash('sha1').update(der).digest('hex').toUpperCase(),
    sha256: createHash('sha256').update(der).digest('hex').toUpperCase(),
    openssl,
  };
}

/** X.509 encodes the country first; people, and the issuer's own documents, read the common name first. */
function specificFirst(name: x509.Name): string {
  return new x509.Name([...name.toJSON()].reverse()).toString();
}

function validDate(date: Date): Date {
  if (Number.isNaN(date.getTime())) throw new Error('no date');
  return date;
}

function usageOf(extension: x509.KeyUsagesExtension | null): KeyUsage | null {
  if (extension === null) return null;
  const has = (flag: number) => (extension.usages & flag) !== 0;
  return {
    digitalSignature: has(x509.KeyUsageFlags.digitalSignature),
    encipherment: has(x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.keyAgreement),
    certificateSigning: has(x509.KeyUsageFlags.keyCertSign),
  };
}

function hashOf({ hash }: x509.HashedAlgorithm): string {
  return hash?.name ?? 'unknown';
}

function unreadable(why: string, cause?: unknown): CertificateError {
  return new CertificateError(
    'unreadable-certificate',
    `A certificate could not be read: ${why}.`,
    'Ask the help desk: the certificate may have to be retrieved again.',
    cause,
  );
}
