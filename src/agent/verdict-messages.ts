import type { Assessment } from './certificates/assess.ts';
import type { Observation } from './observation.ts';
import type { VerdictCode } from './verdict-codes.ts';

/** Plain words for a verdict: what to do first, then why. No message claims that the private key was tried. */
export function messageFor(code: VerdictCode, seen: Observation, about: Assessment | null): string {
  return [MESSAGES[code](seen, about), remoteHint(code, seen)].filter((part) => part !== '').join(' ');
}

type Words = (seen: Observation, about: Assessment | null) => string;

const MESSAGES: Readonly<Record<VerdictCode, Words>> = {
  confirmed: (_, about) =>
    `All good: the right certificate is on your token. It is "${nameOf(about)}", valid until ${dayOf(about?.certificate.notAfter)}.`,
  'no-module': () =>
    'Install OpenSC first: this computer has no software yet that can read your token. If you have just installed it, restart the computer.',
  'no-service': () =>
    'Restart the computer, please: its smart-card service is not running, so no token can be seen. If it is still off afterwards, ask the help desk.',
  'no-reader': (seen) =>
    `Plug your USB token straight into another port, or use another dongle: the computer does not see it.${virtualHint(seen)}`,
  'no-token': (seen) => noToken(seen),
  'blank-token': () =>
    'Go on with the download: your token works, but there is no certificate of yours on it yet.',
  'foreign-certificate': () =>
    'Check that this is the token you were sent for ECA: its certificate is of another kind. If it is the right token, ask the help desk.',
  'software-certificate': () =>
    'Please ask the help desk: this is the software certificate, and you need the one made for a token (Medium Token). Nothing you did broke it.',
  'device-certificate': () =>
    'Please ask the help desk: this certificate is made for a device such as a server, not for a person.',
  'encryption-only': () =>
    'Go back to the download page and retrieve the signing certificate too: so far only the encryption one is on your token, and that one cannot log in.',
  expired: (_, about) =>
    `Please ask the help desk for a replacement: your certificate ended on ${dayOf(about?.certificate.notAfter)}. Check the computer's date first if that surprises you.`,
  'not-yet-valid': (_, about) =>
    `Check the date and time of this computer: by its clock your certificate begins only on ${dayOf(about?.certificate.notBefore)}.`,
  'untrusted-chain': () =>
    'Please ask the help desk, and do not use this certificate yet: it names the right issuer, but the signatures do not prove it.',
  'no-trust-bundle': () =>
    'Please ask the help desk for the ECA trust bundle: a certificate is there, but without the bundle it cannot be checked on this computer.',
  'several-tokens': () => 'Leave only your ECA token in and take the others out, then try again.',
  'module-failed': () =>
    'Take the token out, close other smart-card software (such as ActivClient) and try again: the software that reads the token stopped working. If it happens again, ask the help desk.',
  'timed-out': () =>
    'Take the token out, wait five seconds and put it back in: it did not answer in time. If it happens again, try another port, or close other smart-card software (such as ActivClient).',
};

function noToken(seen: Observation): string {
  if (!seen.settled)
    return 'Push the token in firmly, or use another port, and leave it in: it keeps coming and going.';
  const stuck = seen.slots.some(({ problem, virtual }) => problem !== null && !virtual);
  const silent = seen.system.readers.some(({ card, virtual }) => card === 'mute' && !virtual);
  if (silent)
    return 'Take the token out and put it back in, the right way round: something is in the reader, but it does not answer.';
  const readers = seen.system.readers.filter(({ virtual }) => !virtual);
  if (stuck || readers.some(({ card }) => card === 'present')) {
    return 'Check that this is the token you were sent: something is in the reader, but the installed software cannot read it. If it is the right one, ask the help desk.';
  }
  return `Put your token in, or try another port or dongle: no token can be seen.${virtualHint(seen)}`;
}

function virtualHint({ system }: Observation): string {
  const virtual = system.readers.find((reader) => reader.virtual);
  return virtual === undefined ? '' : ` ("${virtual.name}" is part of the computer, not your token.)`;
}

const REMOTE: readonly VerdictCode[] = ['no-service', 'no-reader', 'no-token', 'timed-out'];

function remoteHint(code: VerdictCode, { system }: Observation): string {
  if (!system.remoteSession || !REMOTE.includes(code)) return '';
  return 'You seem to be on a remote desktop: there, tokens in this computer cannot be seen, so work at the computer itself.';
}

function nameOf(about: Assessment | null): string {
  return about === null || about.certificate.commonName === ''
    ? 'without a name'
    : about.certificate.commonName;
}

function dayOf(date: Date | undefined): string {
  return date === undefined ? 'an unknown day' : date.toISOString().slice(0, 10);
}
