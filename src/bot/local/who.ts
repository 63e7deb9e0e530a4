import { z } from 'zod';
import type { IdentityKey, Profile } from '../incoming.ts';

/** The name in `/chat?as=ana`: whom this window plays. */
export const employeeId = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  .max(32);

/** What the browser tells of the person. A zone or locale that the server does not know is left out, not refused. */
export const browserProfile = z.object({
  zone: z.string().max(64).optional(),
  locale: z.string().max(35).optional(),
});

export interface Employee {
  from: IdentityKey;
  profile: Profile;
  conversation: { key: string; reference: { as: string } };
}

/** The employee that a window plays, as the rest of the bot knows people. */
export function employee(as: string, told: z.output<typeof browserProfile>): Employee {
  return {
    from: { provider: 'local', tenant: 'local', id: as },
    profile: {
      name: displayName(as),
      ...(told.zone && isZone(told.zone) && { zone: told.zone }),
      ...(told.locale && isLocale(told.locale) && { locale: told.locale }),
    },
    conversation: { key: conversationKey(as), reference: { as } },
  };
}

export function conversationKey(as: string): string {
  return `employee/${as}`;
}

/** "ana-lucia" → "Ana Lucia". */
export function displayName(as: string): string {
  return as
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

function isZone(zone: string): boolean {
  return understood(() => new Intl.DateTimeFormat('en', { timeZone: zone }));
}

function isLocale(locale: string): boolean {
  return understood(() => Intl.getCanonicalLocales(locale));
}

/** `Intl` says "unknown" by a RangeError. */
function understood(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
