import type { Certificate } from './certificate.ts';

/** What the key is for. `other`: a CA certificate, or a usage that is neither. */
export type Role = 'signing' | 'encryption' | 'other';

/**
 * A subscriber gets two certificates: the signing (identity) one logs in, the encryption one only decrypts.
 * A key that may do both counts as signing, because it can log in.
 */
export function roleOf({ isCa, keyUsage }: Pick<Certificate, 'isCa' | 'keyUsage'>): Role {
  if (isCa || keyUsage === null) return 'other';
  if (keyUsage.digitalSignature) return 'signing';
  return keyUsage.encipherment ? 'encryption' : 'other';
}
