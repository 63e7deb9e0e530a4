import type { Assessment, Finding } from './certificates/assess.ts';
import type { Observation, SlotView } from './observation.ts';
import type { VerdictCode } from './verdict-codes.ts';
import { messageFor } from './verdict-messages.ts';

export interface Verdict {
  readonly code: VerdictCode;
  /** Plain words for the employee, the action first. */
  readonly message: string;
  /** The certificate it is about; `null` when it is about none. */
  readonly about: Assessment | null;
}

/**
 * The verdict on what was seen. Pure and total: every observation has exactly one.
 *
 * `confirmed` says that the right certificate is on the token. Its private key was not used, for that takes the
 * PIN, so nothing here says that the person holds it.
 */
export function verdictOn(seen: Observation): Verdict {
  const { code, about } = judge(seen);
  return { code, message: messageFor(code, seen, about), about };
}

interface Judged {
  readonly code: VerdictCode;
  readonly about: Assessment | null;
}

function judge(seen: Observation): Judged {
  if (seen.outcome === 'missing') return bare('no-module');
  if (seen.outcome === 'failed') return bare('module-failed');
  if (seen.outcome === 'timed-out') return bare('timed-out');
  const usable = usableSlots(seen);
  if (usable.length === 0) return bare(noToken(seen));
  // A token that comes and goes has shown us nothing that could be relied on.
  if (!seen.settled) return bare('no-token');
  const perToken = usable.map(judgeToken);
  const confirmed = perToken.filter(({ code }) => code === 'confirmed');
  const only = confirmed.length > 0 ? confirmed : perToken;
  return only.length === 1 && only[0] !== undefined ? only[0] : bare('several-tokens');
}

function bare(code: VerdictCode): Judged {
  return { code, about: null };
}

function noToken({ slots, system }: Observation): VerdictCode {
  const empty = slots.some(isUninitialised);
  if (empty) return 'blank-token';
  const real = slots.some(({ virtual }) => !virtual) || system.readers.some(({ virtual }) => !virtual);
  if (real) return 'no-token';
  return system.service === 'absent' ? 'no-service' : 'no-reader';
}

/** Slots with a token in use, one per token: a module may show one token in several slots (one per PIN). */
function usableSlots({ slots }: Observation): readonly SlotView[] {
  const ready = slots.filter(({ token, virtual }) => token?.initialized === true && !virtual);
  const merged = new Map<string, SlotView>();
  for (const slot of ready) {
    const key = JSON.stringify([slot.token?.serial, slot.removable ? slot.reader : slot.token?.label]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? slot : together(known, slot));
  }
  return [...merged.values()];
}

function together(one: SlotView, other: SlotView): SlotView {
  if (one.token === null || other.token === null) return one;
  const certificates = [...one.token.certificates, ...other.token.certificates];
  const unreadable = one.token.unreadable + other.token.unreadable;
  return { ...one, token: { ...one.token, certificates, unreadable } };
}

/** SoftHSM always shows one free slot; only a device that can be taken out is a token still to be set up. */
function isUninitialised({ token, removable, virtual }: SlotView): boolean {
  return token !== null && !token.initialized && removable && !virtual;
}

// The nearer to the goal, the earlier: a token with several certificates is judged by its nearest one.
const NEAREST: readonly Finding[] = [
  'right',
  'not-yet-valid',
  'expired',
  'no-trust-bundle',
  'untrusted-chain',
  'encryption-only',
  'software-certificate',
  'device-certificate',
  'foreign-certificate',
];

function judgeToken({ token }: SlotView): Judged {
  const own = (token?.certificates ?? []).filter(({ finding }) => finding !== 'ca-certificate');
  for (const finding of NEAREST) {
    const about = own.filter((one) => one.finding === finding).sort(signingFirst)[0];
    if (about !== undefined) return { code: codeOf(finding), about };
  }
  return bare((token?.unreadable ?? 0) > 0 ? 'foreign-certificate' : 'blank-token');
}

function signingFirst(one: Assessment, other: Assessment): number {
  return Number(other.role === 'signing') - Number(one.role === 'signing');
}

function codeOf(finding: Finding): VerdictCode {
  if (finding === 'right') return 'confirmed';
  return finding === 'ca-certificate' ? 'blank-token' : finding;
}
