import type { Certificate } from './certificate.ts';
import { type Chain, verifyChain } from './chain.ts';
import { policyKinds } from './policy.ts';
import { type Role, roleOf } from './role.ts';
import type { Trust } from './trust-bundle.ts';

/**
 * What one certificate is to us. `right` is the one that is sought: an IdenTrust ECA signing certificate on a
 * token, its chain trusted, valid now. Every other word names the first thing that is wrong with it.
 */
export type Finding =
  | 'right'
  | 'foreign-certificate'
  | 'device-certificate'
  | 'software-certificate'
  | 'no-trust-bundle'
  | 'untrusted-chain'
  | 'expired'
  | 'not-yet-valid'
  | 'encryption-only'
  | 'ca-certificate';

export interface Assessment {
  readonly certificate: Certificate;
  readonly role: Role;
  readonly chain: Chain;
  readonly finding: Finding;
}

/** IdenTrust numbers its subscriber CAs and replaces them every few years: match the pattern, never one name. */
const SUBSCRIBER_CA = /^IdenTrust ECA S\d+$/;
/** Its CAs for servers and other devices: `IdenTrust ECA S22C`, `IdenTrust ECA Component S23`. */
const DEVICE_CA = /^IdenTrust ECA (Component S\d+|S\d+C)$/;

/** Judges one certificate at the moment `now`, against `trust` (`null`: there is no bundle). Pure, never throws. */
export function assess(certificate: Certificate, trust: Trust | null, now: Date): Assessment {
  const role = roleOf(certificate);
  const chain = verifyChain(certificate, trust, momentWithin(certificate, now));
  return { certificate, role, chain, finding: find(certificate, role, chain, now) };
}

/** CA certificates are judged at a moment when this one was valid, so that "expired" stays apart from "untrusted". */
function momentWithin({ notBefore, notAfter }: Certificate, now: Date): Date {
  if (now > notAfter) return notAfter;
  return now < notBefore ? notBefore : now;
}

function find(certificate: Certificate, role: Role, chain: Chain, now: Date): Finding {
  if (certificate.isCa) return 'ca-certificate';
  if (DEVICE_CA.test(certificate.issuerCommonName)) return 'device-certificate';
  if (!SUBSCRIBER_CA.test(certificate.issuerCommonName)) return 'foreign-certificate';
  const claimed = policyKinds(certificate.policies);
  const onToken = claimed.has('token') || claimed.has('hardware');
  if (claimed.has('device')) return 'device-certificate';
  if (claimed.has('software') && !onToken) return 'software-certificate';
  if (!onToken) return 'foreign-certificate';
  if (chain.status === 'no-bundle') return 'no-trust-bundle';
  if (chain.status === 'untrusted') return 'untrusted-chain';
  const held = policyKinds(chain.policies);
  if (!held.has('token') && !held.has('hardware')) return 'untrusted-chain';
  if (now > certificate.notAfter) return 'expired';
  if (now < certificate.notBefore) return 'not-yet-valid';
  if (role === 'signing') return 'right';
  return role === 'encryption' ? 'encryption-only' : 'foreign-certificate';
}
