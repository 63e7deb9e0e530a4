import { CertificateError } from './errors.ts';

/**
 * The ECA roots, by SHA-1 as their public documents give them: ECA Root CA 4 (to 2029-12-30) and
 * ECA Root CA 5 (to 2050-03-12). They are not publicly trusted, so nothing but a pin says they are the real ones.
 */
export const DEFAULT_ECA_ROOTS: readonly string[] = [
  '73E8BB08E337D6A5A6AEF90CFFDD97D9176CB582',
  'DB00E5B7CC9393031FE8A61DF66C657C7462BB21',
];

/**
 * Reads `ECA_ROOTS`: SHA-1 or SHA-256 fingerprints in hex, comma-separated; colons and blanks inside are
 * allowed, as certificate viewers show them. Absent or empty: the defaults. Throws `bad-fingerprint`.
 */
export function readFingerprints(setting: string | undefined): readonly string[] {
  const parts = (setting ?? '').split(',').map((part) => part.replaceAll(/[\s:]/g, '').toUpperCase());
  const pins = parts.filter((part) => part !== '');
  for (const pin of pins) if (!/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(pin)) throw bad(pin);
  return pins.length > 0 ? pins : DEFAULT_ECA_ROOTS;
}

function bad(pin: string): CertificateError {
  return new CertificateError(
    'bad-fingerprint',
    `ECA_ROOTS holds "${pin.slice(0, 80)}", which is not a fingerprint.`,
    'Write SHA-1 (40 hex digits) or SHA-256 (64 hex digits) fingerprints, separated by commas.',
  );
}
