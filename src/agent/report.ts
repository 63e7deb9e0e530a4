import type { Chain } from './certificates/chain.ts';
import type { Role } from './certificates/role.ts';
import type { LocalTrust } from './local-trust.ts';
import type { Observation, ReaderView, SystemView, TokenView } from './observation.ts';
import type { Look } from './pkcs11/messages.ts';
import type { Verdict } from './verdict.ts';
import type { VerdictCode } from './verdict-codes.ts';

/** What `check --json` prints. Times are ISO 8601 in UTC, serial numbers hex. */
export interface CheckReport {
  readonly verdict: VerdictCode;
  readonly message: string;
  readonly readers: readonly ReaderView[];
  readonly tokens: readonly ReportedToken[];
  readonly certificates: readonly ReportedCertificate[];
  readonly system: Omit<SystemView, 'readers'> & {
    readonly module: string;
    readonly library: Look['library'] | null;
    readonly detail: string | null;
    readonly trustBundle: {
      readonly file: string;
      readonly loaded: boolean;
      readonly problem: string | null;
    };
  };
}

export type ReportedToken = Omit<TokenView, 'certificates'> & { readonly reader: string };

export interface ReportedCertificate {
  readonly reader: string;
  readonly role: Role;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly policies: readonly string[];
  readonly chain: Chain;
}

export interface Tools {
  readonly module: string;
  readonly library: Look['library'] | null;
  readonly trust: LocalTrust;
}

/** Puts a verdict and what it rests on into the documented form. */
export function reportOn(verdict: Verdict, seen: Observation, tools: Tools): CheckReport {
  const { readers, ...system } = seen.system;
  const { trust, source, problem } = tools.trust;
  return {
    verdict: verdict.code,
    message: verdict.message,
    readers: [...readers, ...readersOfSlots(seen)],
    tokens: seen.slots.flatMap(({ reader, token }) => (token === null ? [] : [reportToken(reader, token)])),
    certificates: seen.slots.flatMap(({ reader, token }) => reportCertificates(reader, token)),
    system: {
      ...system,
      module: tools.module,
      library: tools.library,
      detail: seen.detail,
      trustBundle: { file: source, loaded: trust !== null, problem },
    },
  };
}

/** A module that brings its own devices (SoftHSM, a vendor's) has readers that the system knows nothing of. */
function readersOfSlots({ slots, system }: Observation): ReaderView[] {
  // PKCS#11 cuts the names of readers to 64 bytes.
  const known = (reader: string) => system.readers.some(({ name }) => name.startsWith(reader));
  const own = slots.filter(({ reader }) => !known(reader));
  return own.map(({ reader, virtual, token }) => ({
    name: reader,
    virtual,
    card: token === null ? 'absent' : 'present',
  }));
}

function reportToken(reader: string, { certificates: _, ...token }: TokenView): ReportedToken {
  return { reader, ...token };
}

function reportCertificates(reader: string, token: TokenView | null): ReportedCertificate[] {
  return (token?.certificates ?? []).map(({ certificate, role, chain }) => ({
    reader,
    role,
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    policies: certificate.policies,
    chain,
  }));
}
