import { type Layout, structure } from './layout.ts';

/** The structures of PKCS#11 2.40 that a look needs, laid out for one platform. */
export function structuresFor(layout: Layout) {
  return {
    info: structure(layout, {
      cryptokiVersion: 2,
      manufacturer: 32,
      flags: 'ulong',
      description: 32,
      libraryVersion: 2,
    }),
    slotInfo: structure(layout, {
      description: 64,
      manufacturer: 32,
      flags: 'ulong',
      hardwareVersion: 2,
      firmwareVersion: 2,
    }),
    tokenInfo: structure(layout, {
      label: 32,
      manufacturer: 32,
      model: 16,
      serial: 16,
      flags: 'ulong',
      maxSessions: 'ulong',
      sessions: 'ulong',
      maxWriteSessions: 'ulong',
      writeSessions: 'ulong',
      maxPin: 'ulong',
      minPin: 'ulong',
      totalPublic: 'ulong',
      freePublic: 'ulong',
      totalPrivate: 'ulong',
      freePrivate: 'ulong',
      hardwareVersion: 2,
      firmwareVersion: 2,
      time: 16,
    }),
    attribute: structure(layout, { type: 'ulong', value: 'pointer', length: 'ulong' }),
    /** CK_FUNCTION_LIST up to its first function pointer; the others follow without a gap. */
    functions: structure(layout, { version: 2, first: 'pointer' }),
  };
}

/**
 * Positions in CK_FUNCTION_LIST of the functions that a look calls, and of no others: C_Login (18), everything
 * that changes a token and everything that uses a key cannot be reached through this binding.
 */
export const FUNCTIONS = {
  C_Initialize: 0,
  C_Finalize: 1,
  C_GetInfo: 2,
  C_GetSlotList: 4,
  C_GetSlotInfo: 5,
  C_GetTokenInfo: 6,
  C_OpenSession: 12,
  C_CloseSession: 13,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_FindObjects: 27,
  C_FindObjectsFinal: 28,
} as const;

export type FunctionName = keyof typeof FUNCTIONS;
