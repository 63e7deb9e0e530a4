/** The verdicts of a check, as they are documented; stable, others rely on them. */
export const VERDICTS = [
  'confirmed',
  'no-module',
  'no-service',
  'no-reader',
  'no-token',
  'blank-token',
  'foreign-certificate',
  'software-certificate',
  'device-certificate',
  'encryption-only',
  'expired',
  'not-yet-valid',
  'untrusted-chain',
  'no-trust-bundle',
  'several-tokens',
  'module-failed',
  'timed-out',
] as const;

export type VerdictCode = (typeof VERDICTS)[number];

/** Exit code of `check`: 0 confirmed, 1 looked and not confirmed, 2 could not look. */
export function exitCodeOf(code: VerdictCode): 0 | 1 | 2 {
  if (code === 'confirmed') return 0;
  return ['no-module', 'no-service', 'module-failed', 'timed-out'].includes(code) ? 2 : 1;
}
