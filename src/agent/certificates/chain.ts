import type { Certificate } from './certificate.ts';
import { type ChainFault, linkFault } from './link.ts';
import type { Trust } from './trust-bundle.ts';

/**
 * Whether a certificate's chain of signatures reaches a pinned root.
 * `path`: subjects from the certificate up, as far as it went. `policies`: those that hold along the whole path.
 */
export type Chain =
  | { readonly status: 'trusted'; readonly path: readonly string[]; readonly policies: readonly string[] }
  | { readonly status: 'untrusted'; readonly reason: ChainFault; readonly path: readonly string[] }
  | { readonly status: 'no-bundle' };

/** ECA chains are three long; more than this is a loop or an attack on our patience. */
const MAX_PATH = 8;
const ANY_POLICY = '2.5.29.32.0';

/**
 * Searches every path from `leaf` to a pinned root (RFC 5280, section 6, without revocation and name
 * constraints: a critical extension this does not know makes a path fail). Signatures are checked by OpenSSL.
 *
 * @param at the moment at which the CA certificates must be valid. The leaf's own validity is not judged here,
 *   so that an expired certificate of the right CA can be told from a foreign one.
 */
export function verifyChain(leaf: Certificate, trust: Trust | null, at: Date): Chain {
  if (trust === null) return { status: 'no-bundle' };
  const roots = new Set(trust.roots.map(({ sha256 }) => sha256));
  let nearest: Chain = { status: 'untrusted', reason: 'issuer-unknown', path: [leaf.subject] };
  // Paths grow one by one and share their tails; the budget bounds the work a crafted bundle can cause.
  let budget = 256;

  const search = (path: readonly Certificate[]): Chain | null => {
    const child = path.at(-1);
    if (child === undefined) return null;
    if (roots.has(child.sha256)) return trusted(path);
    for (const issuer of trust.certificates) {
      if (issuer.subject !== child.issuer || path.includes(issuer) || --budget < 0) continue;
      const reason = path.length >= MAX_PATH ? 'path-too-long' : linkFault(path, issuer, at);
      const found = reason === null ? search([...path, issuer]) : null;
      if (found !== null) return found;
      if (reason !== null && path.length >= subjects(nearest)) {
        nearest = { status: 'untrusted', reason, path: path.map(({ subject }) => subject) };
      }
    }
    return null;
  };
  return search([leaf]) ?? nearest;
}

function subjects(chain: Chain): number {
  return chain.status === 'no-bundle' ? 0 : chain.path.length;
}

function trusted(path: readonly Certificate[]): Chain {
  // The root is trusted by its pin, whatever it says of policies; a CA between without the extension sets no limit.
  const limits = path
    .slice(1, -1)
    .filter(({ policies }) => policies.length > 0 && !policies.includes(ANY_POLICY));
  const policies = (path[0]?.policies ?? []).filter((oid) => limits.every((ca) => ca.policies.includes(oid)));
  return { status: 'trusted', path: path.map(({ subject }) => subject), policies };
}
