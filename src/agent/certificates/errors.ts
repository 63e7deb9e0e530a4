/**
 * What can go wrong with certificates as material (not with what they say).
 *
 * `unreadable-certificate`: these bytes are not one X.509 certificate.
 * `unreadable-bundle`: the trust bundle is neither PEM nor DER, neither PKCS#7 nor certificates.
 * `no-pinned-root`: the bundle can be read, but no root in it has a pinned fingerprint.
 * `bad-fingerprint`: a pin is not a SHA-1 or SHA-256 in hex.
 */
export type CertificateErrorCode =
  | 'unreadable-certificate'
  | 'unreadable-bundle'
  | 'no-pinned-root'
  | 'bad-fingerprint';

/** The only error that `src/agent/certificates` throws. `message` is for the person, `mend` says what to do. */
export class CertificateError extends Error {
  readonly code: CertificateErrorCode;
  readonly mend: string;

  constructor(code: CertificateErrorCode, message: string, mend: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CertificateError';
    this.code = code;
    this.mend = mend;
  }
}
