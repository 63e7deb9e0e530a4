import { z } from 'zod';
import { Look, ServiceState } from '../pkcs11/messages.ts';

/** What each action reports when it is done. Times are milliseconds since 1970 (UTC). */

const short = z.string().max(200);
const time = z.int().nonnegative();

/** The computer, as far as the journey needs it. */
export const systemReport = z.object({
  /** Node's name: "win32", "linux", "darwin". */
  platform: short,
  /** For people: "Windows 11", "Debian GNU/Linux 12". */
  name: short,
  /** "x64", "arm64". */
  arch: short,
  hostname: short,
  bootedAt: time,
});
export type SystemReport = z.output<typeof systemReport>;

export const openscReport = z.object({
  /** Whether the PKCS#11 module that this computer is set to use is there. */
  present: z.boolean(),
  /** Of OpenSC; null where it cannot be told. */
  version: short.nullable(),
});
export type OpenscReport = z.output<typeof openscReport>;

/** What was seen through PKCS#11, certificates included (DER): the server judges them itself. */
export const tokenReport = z.object({
  outcome: z.enum(['looked', 'missing', 'failed', 'timed-out']),
  detail: z.string().max(2_000).nullable(),
  settled: z.boolean(),
  system: ServiceState,
  look: Look.nullable(),
  platform: short,
  remoteSession: z.boolean(),
});
export type TokenReport = z.output<typeof tokenReport>;

/** The watch is over: whether a token was in at last. */
export const watchReport = z.object({ present: z.boolean() });

export const installReport = z.object({ version: short, restartNeeded: z.boolean() });
export type InstallReport = z.output<typeof installReport>;

/** The computer was restarted: it came up at `bootedAt`. */
export const restartReport = z.object({ bootedAt: time });
