import 'reflect-metadata';
import { createHash, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** CAs of the tests' own: a root and an issuing CA below it, named like the real ones. */
export interface TestCa {
  readonly root: x509.X509Certificate;
  readonly ca: x509.X509Certificate;
  /** Trust bundle of both, PEM. */
  readonly bundle: string;
  /** SHA-256 of the root, hex: the pin. */
  readonly rootPin: string;
  issue(wanted?: Partial<Wanted>): Promise<Uint8Array>;
}

export interface Wanted {
  readonly name: string;
  readonly policies: readonly string[];
  readonly usage: 'signing' | 'encryption' | 'none';
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CaOptions {
  readonly name: string;
  readonly policies: readonly string[];
  readonly isCa: boolean;
  readonly notAfter: Date;
  readonly rootName: string;
  /** Object identifiers of extensions to mark critical that nobody knows. */
  readonly critical: readonly string[];
  readonly hash: 'SHA-1' | 'SHA-256';
}

export const POLICY = {
  software: '2.16.840.1.101.3.2.1.12.4',
  token: '2.16.840.1.101.3.2.1.12.5',
  hardware: '2.16.840.1.101.3.2.1.12.10',
  device: '2.16.840.1.101.3.2.1.12.9',
} as const;

/** The moment at which the tests live. */
export const NOW = new Date('2026-06-01T12:00:00Z');
const YEAR = 365 * 24 * 3600 * 1000;
export const yearsFromNow = (years: number): Date => new Date(NOW.getTime() + years * YEAR);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const OFFICIAL = 'OU=ECA, O=U.S. Government, C=US';
let serials = 0x1000;
const nextSerial = (): string => (serials++).toString(16);

export async function makeTestCa(options: Partial<CaOptions> = {}): Promise<TestCa> {
  const {
    name = 'IdenTrust ECA S99',
    isCa = true,
    notAfter = yearsFromNow(5),
    rootName = 'ECA Root CA 99',
  } = options;
  const rootKeys = await newKeys();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(),
    name: encoded(`CN=${rootName}, ${OFFICIAL}`),
    notBefore: yearsFromNow(-10),
    notAfter: yearsFromNow(10),
    signingAlgorithm: ALGORITHM,
    keys: rootKeys,
    extensions: caExtensions(true),
  });
  const keys = await newKeys();
  const ca = await x509.X509CertificateGenerator.create({
    serialNumber: nextSerial(),
    subject: encoded(`CN=${name}, OU=Certification Authorities, ${OFFICIAL}`),
    issuer: root.subject,
    notBefore: yearsFromNow(-8),
    notAfter,
    signingAlgorithm: { ...ALGORITHM, hash: options.hash ?? 'SHA-256' },
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    extensions: [
      ...caExtensions(isCa, 0),
      new x509.CertificatePolicyExtension([...(options.policies ?? Object.values(POLICY))]),
      ...(options.critical ?? []).map((oid) => new x509.Extension(oid, true, new Uint8Array([5, 0]))),
    ],
  });
  return {
    root,
    ca,
    bundle: `${root.toString('pem')}\n${ca.toString('pem')}\n`,
    rootPin: createHash('sha256').update(new Uint8Array(root.rawData)).digest('hex'),
    issue: (wanted) => issue(ca, keys.privateKey, wanted),
  };
}

async function issue(
  ca: x509.X509Certificate,
  signingKey: webcrypto.CryptoKey,
  wanted: Partial<Wanted> = {},
): Promise<Uint8Array> {
  const { name = 'Lovelace.Ada.A0001', policies = [POLICY.token], usage = 'signing' } = wanted;
  const { publicKey } = await newKeys();
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: nextSerial(),
    subject: encoded(`CN=${name}, OU=Example Corporation, OU=IdenTrust, ${OFFICIAL}`),
    issuer: ca.subject,
    notBefore: wanted.notBefore ?? yearsFromNow(-1),
    notAfter: wanted.notAfter ?? yearsFromNow(2),
    signingAlgorithm: ALGORITHM,
    publicKey,
    signingKey,
    extensions: [
      ...(policies.length === 0 ? [] : [new x509.CertificatePolicyExtension([...policies])]),
      ...(usage === 'none' ? [] : [new x509.KeyUsagesExtension(USAGE[usage], true)]),
    ],
  });
  return new Uint8Array(made.rawData);
}

const USAGE = {
  signing: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation,
  encryption: x509.KeyUsageFlags.keyAgreement,
} as const;

function caExtensions(isCa: boolean, pathLength?: number): x509.Extension[] {
  const usage =
    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature;
  return [
    new x509.BasicConstraintsExtension(isCa, isCa ? pathLength : undefined, true),
    new x509.KeyUsagesExtension(usage, true),
  ];
}

/** Certificates encode the country first; names here are written as people read them. */
function encoded(name: string): string {
  return name.split(', ').reverse().join(', ');
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}
