/** What kind of subscriber key a DoD ECA certificate policy stands for. */
export type PolicyKind = 'token' | 'hardware' | 'software' | 'device' | 'retired' | 'piv-i';

const ECA_POLICY_ARC = '2.16.840.1.101.3.2.1.12.';

// The ECA policy OIDs, from the arc's public registration: .5 and .12 are the product that is ordered here.
const KINDS: Readonly<Record<string, PolicyKind>> = {
  1: 'retired',
  2: 'retired',
  3: 'retired',
  4: 'software',
  5: 'token',
  6: 'piv-i',
  7: 'piv-i',
  8: 'piv-i',
  9: 'device',
  10: 'hardware',
  11: 'software',
  12: 'token',
  13: 'device',
  14: 'hardware',
  15: 'device',
  16: 'device',
};

/** The kind of one policy OID; `null` when it is none of ECA's. */
export function policyKind(oid: string): PolicyKind | null {
  if (!oid.startsWith(ECA_POLICY_ARC)) return null;
  const number = oid.slice(ECA_POLICY_ARC.length);
  return Object.hasOwn(KINDS, number) ? (KINDS[number] ?? null) : null;
}

/** The set of kinds that a certificate's policies claim. */
export function policyKinds(oids: readonly string[]): ReadonlySet<PolicyKind> {
  return new Set(oids.map(policyKind).filter((kind) => kind !== null));
}
