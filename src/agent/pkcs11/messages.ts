import { z } from 'zod';

/**
 * What the child process is asked and what it answers. The child has run a foreign C library, so its answers
 * are parsed like everything else from outside.
 */

/** A reader as the operating system's smart-card service (PC/SC) sees it. */
export const ReaderState = z.object({
  name: z.string(),
  /** `mute`: something is in it that does not answer. */
  card: z.enum(['present', 'absent', 'mute', 'unknown']),
  /** Grows with every insertion and removal; `null` where the system does not count. */
  events: z.int().nullable(),
});
export type ReaderState = z.infer<typeof ReaderState>;

/** `unknown`: this computer has no PC/SC library to ask. */
export const ServiceState = z.object({
  service: z.enum(['running', 'absent', 'unknown']),
  readers: z.array(ReaderState),
});
export type ServiceState = z.infer<typeof ServiceState>;

export const FoundCertificate = z.object({
  /** CKA_ID in hex; ties a certificate to its key. */
  id: z.string(),
  label: z.string(),
  /** DER, base64. */
  der: z.base64(),
});
export type FoundCertificate = z.infer<typeof FoundCertificate>;

export const FoundToken = z.object({
  label: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  serial: z.string(),
  initialized: z.boolean(),
  certificates: z.array(FoundCertificate),
  /** A call failed in the middle, as when the card is pulled: what was read may be a part only. */
  interrupted: z.string().nullable(),
});
export type FoundToken = z.infer<typeof FoundToken>;

export const FoundSlot = z.object({
  /** Opaque handle, decimal. */
  id: z.string(),
  reader: z.string(),
  removable: z.boolean(),
  token: FoundToken.nullable(),
  /** Why there is no token although the slot says that one is present. */
  problem: z.string().nullable(),
});
export type FoundSlot = z.infer<typeof FoundSlot>;

export const Look = z.object({
  library: z.object({ manufacturer: z.string(), description: z.string(), version: z.string() }),
  slots: z.array(FoundSlot),
});
export type Look = z.infer<typeof Look>;

export const ChildAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('system'), state: ServiceState }),
  z.object({ kind: z.literal('look'), look: Look }),
  z.object({ kind: z.literal('present'), readers: z.array(z.string()) }),
  z.object({ kind: z.literal('failed'), detail: z.string() }),
]);
export type ChildAnswer = z.infer<typeof ChildAnswer>;

export const ChildRequest = z.discriminatedUnion('kind', [
  /** `system`, `look`, `system` again, or `failed`; then the end. `module` null: the system only. */
  z.object({ kind: z.literal('look'), module: z.string().nullable(), deadlineMs: z.int() }),
  /** `present` at every poll until standard input closes. */
  z.object({ kind: z.literal('watch'), module: z.string(), pollMs: z.int(), deadlineMs: z.int() }),
]);
export type ChildRequest = z.infer<typeof ChildRequest>;

/** First line of the child's standard input. The mark begins each line of answer: modules print things too. */
export const ChildStart = z.object({ mark: z.string().min(8), request: ChildRequest });
