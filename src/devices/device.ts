import { z } from 'zod';
import type { State } from './talk/messages.ts';

/** A column `Device.system`. */
export const deviceSystem = z.object({
  /** For people: "Windows 11". */
  name: z.string().default(''),
  account: z.string().default(''),
  /** Milliseconds since 1970; null: it has not been linked yet. */
  bootedAt: z.int().nullable().default(null),
  version: z.string().nullable().default(null),
  /** Whether a token was in when it last told. */
  token: z.boolean().nullable().default(null),
});
export type DeviceSystem = z.output<typeof deviceSystem>;

/** A process that died cannot say goodbye: what it held counts as offline after so long (ms) without a word. */
export const silence = 120_000;

/** Connected, offline and disabled are different things; unpaired rows are not asked for. */
export function stateOf(
  device: { connectedTo: string | null; heardAt: Date | null; disabledAt: Date | null },
  at: number,
): State {
  const heard = device.heardAt?.getTime() ?? 0;
  if (device.disabledAt) return { is: 'disabled' };
  if (device.connectedTo !== null && at - heard < silence) return { is: 'connected' };
  return { is: 'offline', since: device.heardAt };
}
