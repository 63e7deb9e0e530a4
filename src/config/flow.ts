import { z } from 'zod';
import { defaultOpenscVersion, openscCatalogue } from '../flows/eca-download/opensc-catalogue.ts';
import { optional, type Reading, standard } from './setting.ts';
import { address, choice, flag, list, matching, words } from './text.ts';

/** ECA Root CA 4 and 5, by SHA-1 (they are not publicly trusted; DISA publishes them). */
const defaultRoots = [
  '73e8bb08e337d6a5a6aef90cffdd97d9176cb582',
  'db00e5b7cc9393031fe8a61df66c657c7462bb21',
] as const;

const fingerprint = z
  .string()
  .transform((text) => text.replace(/[: ]/g, '').toLowerCase())
  .refine(
    (hex) => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hex),
    'holds something that is no fingerprint: write SHA-1 (40) or SHA-256 (64) hex digits, with commas between them',
  );

/** "UTC" and names such as "America/New_York". */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

export const flowSettings = {
  FLOW: optional(words('the path of a flow document'), {
    says: 'A flow document (YAML) to publish at the start',
    absent: 'the built-in ECA flow',
    example: './flows/eca-download.yaml',
  }),
  TIME_ZONE: standard(
    z.string().refine(isTimeZone, 'is no time zone: write an IANA name, such as America/New_York'),
    machineZone,
    {
      says: 'The time zone of people whose own is not known; reminders keep to their working hours',
      absent: "this computer's",
      example: 'America/New_York',
    },
  ),
  OPENSC_VERSION: standard(
    choice(...openscCatalogue.map((release) => release.version)),
    defaultOpenscVersion,
    {
      says: `The OpenSC that employees install: ${openscCatalogue.map((release) => release.version).join(' or ')}`,
      example: defaultOpenscVersion,
    },
  ),
  OPENSC_BY_IT: standard(flag, false, {
    says: '1: the organisation deploys OpenSC itself; those steps become "check that it is there"',
    absent: '0',
    example: '1',
  }),
  OPENSC_MIRROR: optional(address('https://files.example.com/opensc/'), {
    says: 'Where paired computers download OpenSC instead of GitHub; its checksum is pinned all the same',
    example: 'https://files.example.com/opensc/',
  }),
  ECA_EMAIL_SENDER: optional(
    matching(
      /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/,
      'is no e-mail address: write one such as sender@example.com',
    ),
    { says: "The sender of IdenTrust's e-mail", absent: 'not mentioned', example: 'sender@example.com' },
  ),
  ECA_TRUST_BUNDLE: optional(words('the path of a PEM or PKCS#7 file'), {
    says: 'The ECA roots and CAs (PEM or PKCS#7) that a certificate is checked against',
    absent: 'no certificate can be confirmed',
    example: './eca-bundle.p7b',
  }),
  ECA_ROOTS: standard<string[]>(list(fingerprint), [...defaultRoots], {
    says: 'Fingerprints (SHA-1 or SHA-256, hex) of the roots to trust out of that bundle',
    absent: 'ECA Root CA 4 and 5',
    example: defaultRoots.join(','),
  }),
  AGENT: standard(choice('off', 'look', 'change'), 'look', {
    says: "What a paired computer's agent may do: off, look, or change (install and restart, each on a yes)",
    example: 'look',
  }),
  PKCS11_MODULE: optional(words('the path of a PKCS#11 module'), {
    says: "On the employee's computer only: a PKCS#11 module to use instead of OpenSC's; the server ignores it",
    example: 'C:\\Windows\\System32\\vendor-pkcs11.dll',
  }),
};

export interface FlowConfig {
  /** Null: the built-in flow. */
  file: string | null;
  /** IANA name. */
  timeZone: string;
  openscVersion: string;
  openscByIt: boolean;
  emailSender: string | null;
}

export interface TrustConfig {
  bundleFile: string | null;
  /** SHA-1 or SHA-256 of the trusted roots, lower-case hex. */
  roots: readonly string[];
}

export interface AgentConfig {
  mode: 'off' | 'look' | 'change';
  openscMirror: string | null;
}

export type IsFile = (path: string) => boolean;

export function flowConfig({ values, complain }: Reading<typeof flowSettings>, isFile: IsFile): FlowConfig {
  if (values.FLOW !== null && !isFile(values.FLOW))
    complain(
      'FLOW',
      'names a file that is not there or cannot be read: write the path of a flow document, or remove the line',
    );
  return {
    file: values.FLOW,
    timeZone: values.TIME_ZONE,
    openscVersion: values.OPENSC_VERSION,
    openscByIt: values.OPENSC_BY_IT,
    emailSender: values.ECA_EMAIL_SENDER,
  };
}

export function trustConfig(reading: Reading<typeof flowSettings>, isFile: IsFile): TrustConfig {
  const { values, given, complain } = reading;
  if (values.ECA_TRUST_BUNDLE !== null && !isFile(values.ECA_TRUST_BUNDLE))
    complain(
      'ECA_TRUST_BUNDLE',
      'names a file that is not there or cannot be read: write the path of the bundle',
    );
  if (given('ECA_ROOTS') && !given('ECA_TRUST_BUNDLE'))
    complain(
      'ECA_ROOTS',
      'chooses from a bundle that is not set: write ECA_TRUST_BUNDLE as well, or remove ECA_ROOTS',
    );
  return { bundleFile: values.ECA_TRUST_BUNDLE, roots: values.ECA_ROOTS };
}

export function agentConfig({ values, given, complain }: Reading<typeof flowSettings>): AgentConfig {
  if (given('OPENSC_MIRROR') && values.OPENSC_BY_IT)
    complain('OPENSC_MIRROR', 'is never used while OPENSC_BY_IT is 1: remove one of the two');
  return { mode: values.AGENT, openscMirror: values.OPENSC_MIRROR };
}
