/** Flags, classes and attributes of PKCS#11 2.40 that a look needs. */
export const CKF_TOKEN_PRESENT = 0x1n;
export const CKF_REMOVABLE_DEVICE = 0x2n;
export const CKF_TOKEN_INITIALIZED = 0x400n;
export const CKF_SERIAL_SESSION = 0x4n;
export const CKO_CERTIFICATE = 1n;
export const CKA_CLASS = 0x0n;
export const CKA_LABEL = 0x3n;
export const CKA_VALUE = 0x11n;
export const CKA_ID = 0x102n;

export const CKR_OK = 0;
export const CKR_ATTRIBUTE_TYPE_INVALID = 0x12;
export const CKR_BUFFER_TOO_SMALL = 0x150;

// Names for the return values that happen in the field; the help desk searches for these words.
const NAMES: Readonly<Record<number, string>> = {
  3: 'CKR_SLOT_ID_INVALID',
  5: 'CKR_GENERAL_ERROR',
  6: 'CKR_FUNCTION_FAILED',
  48: 'CKR_DEVICE_ERROR',
  49: 'CKR_DEVICE_MEMORY',
  50: 'CKR_DEVICE_REMOVED',
  84: 'CKR_FUNCTION_NOT_SUPPORTED',
  176: 'CKR_SESSION_CLOSED',
  179: 'CKR_SESSION_HANDLE_INVALID',
  224: 'CKR_TOKEN_NOT_PRESENT',
  225: 'CKR_TOKEN_NOT_RECOGNIZED',
  400: 'CKR_CRYPTOKI_NOT_INITIALIZED',
};

export const CKR_TOKEN_NOT_PRESENT = 224;
export const CKR_TOKEN_NOT_RECOGNIZED = 225;

/** `CKR_DEVICE_REMOVED`, or `CKR 0x…` for a value without a name here. */
export function nameOfReturn(value: number): string {
  return NAMES[value] ?? `CKR 0x${value.toString(16)}`;
}
