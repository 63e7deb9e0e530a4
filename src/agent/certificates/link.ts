import type { Certificate } from './certificate.ts';

/** Why a chain does not hold; the one from the path that got nearest to a root. */
export type ChainFault =
  | 'issuer-unknown'
  | 'bad-signature'
  | 'issuer-not-a-ca'
  | 'issuer-not-valid-then'
  | 'path-too-long'
  | 'weak-signature'
  | 'unknown-critical-extension';

/** Critical extensions that the checks here take into account; any other critical one must fail the path. */
const UNDERSTOOD = new Set([
  '2.5.29.15', // key usage
  '2.5.29.19', // basic constraints
  '2.5.29.32', // certificate policies
  '2.5.29.36', // policy constraints: a leaf is only accepted for a policy that holds along the path anyway
  '2.5.29.37', // extended key usage
]);

/**
 * What speaks against `issuer` having issued the last certificate of `path`; `null` when nothing does.
 *
 * @param path from the end-entity certificate up to the one whose issuer is sought; not empty
 */
export function linkFault(path: readonly Certificate[], issuer: Certificate, at: Date): ChainFault | null {
  const child = path.at(-1);
  if (child === undefined) return 'issuer-unknown';
  if ([child, issuer].some((one) => one.criticalExtensions.some((oid) => !UNDERSTOOD.has(oid)))) {
    return 'unknown-critical-extension';
  }
  if (!issuer.isCa || issuer.keyUsage?.certificateSigning === false) return 'issuer-not-a-ca';
  if (/^(SHA-1|MD\d)$/i.test(child.signatureHash)) return 'weak-signature';
  if (!signed(child, issuer)) return 'bad-signature';
  // Path length counts the CAs below the issuer, the end-entity certificate not among them.
  if (issuer.pathLength !== null && path.length - 1 > issuer.pathLength) return 'path-too-long';
  return issuer.notBefore <= at && at <= issuer.notAfter ? null : 'issuer-not-valid-then';
}

function signed(child: Certificate, issuer: Certificate): boolean {
  try {
    return child.openssl.checkIssued(issuer.openssl) && child.openssl.verify(issuer.openssl.publicKey);
  } catch {
    // An issuer key of a kind OpenSSL does not know cannot vouch for anybody.
    return false;
  }
}
