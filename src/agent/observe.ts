import { assess } from './certificates/assess.ts';
import { readCertificate } from './certificates/certificate.ts';
import { CertificateError } from './certificates/errors.ts';
import type { Trust } from './certificates/trust-bundle.ts';
import type { Observation, SlotView, SystemView, TokenView } from './observation.ts';
import type { Inspection } from './pkcs11/inspect.ts';
import type { FoundSlot, FoundToken, ServiceState } from './pkcs11/messages.ts';
import { isVirtualReader } from './virtual-reader.ts';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly trust: Trust | null;
  readonly now: Date;
}

/** Turns what the looks brought into what a verdict rests on: certificates read and judged, readers sorted. */
export function observe(inspection: Inspection, around: Surroundings): Observation {
  return {
    outcome: inspection.outcome,
    detail: inspection.detail,
    settled: inspection.settled,
    system: systemView(inspection.system, around),
    slots: (inspection.look?.slots ?? []).map((slot) => slotView(slot, around)),
  };
}

/** The observation when there is no module to look with. */
export function observeWithoutModule(system: ServiceState, around: Surroundings): Observation {
  return { outcome: 'missing', detail: null, settled: true, system: systemView(system, around), slots: [] };
}

function systemView({ service, readers }: ServiceState, { platform, env }: Surroundings): SystemView {
  return {
    platform,
    service,
    readers: readers.map(({ name, card }) => ({ name, card, virtual: isVirtualReader(name) })),
    // Windows names the session "RDP-Tcp#…" in a remote desktop and "Console" at the computer itself.
    remoteSession: platform === 'win32' && /^RDP-/i.test(env.SESSIONNAME ?? ''),
  };
}

function slotView({ reader, removable, problem, token }: FoundSlot, around: Surroundings): SlotView {
  const virtual = isVirtualReader(reader);
  return { reader, virtual, removable, problem, token: token === null ? null : tokenView(token, around) };
}

function tokenView(
  { certificates, interrupted: _, ...names }: FoundToken,
  { trust, now }: Surroundings,
): TokenView {
  const read = certificates.map(({ der }) => tryRead(Buffer.from(der, 'base64')));
  const readable = read.filter((one) => one !== null);
  return {
    ...names,
    certificates: readable.map((certificate) => assess(certificate, trust, now)),
    unreadable: read.length - readable.length,
  };
}

function tryRead(der: Uint8Array) {
  try {
    return readCertificate(der);
  } catch (error) {
    if (error instanceof CertificateError) return null;
    throw error;
  }
}
