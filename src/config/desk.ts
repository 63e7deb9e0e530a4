import { z } from 'zod';
import type { IdentityKey } from '../bot/incoming.ts';
import { type DeskHours, deskHours } from './hours.ts';
import { optional, type Reading } from './setting.ts';
import { address, flag, list, whole, words } from './text.ts';

const keyMend = 'write name:sha256-of-key pairs (64 hex digits) with commas between them, never a key itself';

const apiKey = z
  .string()
  .regex(
    /^[A-Za-z0-9._-]{1,40}:[0-9a-fA-F]{64}$/,
    `holds something else than a name and a SHA-256: ${keyMend}`,
  )
  .transform((text) => {
    const [name = '', sha256 = ''] = text.split(':');
    return { name, sha256: sha256.toLowerCase() };
  });

const apiKeys = list(apiKey).refine(
  (keys) => new Set(keys.map((key) => key.name)).size === keys.length,
  `has two keys of one name: ${keyMend}`,
);

const lead = z
  .string()
  .regex(
    /^(slack|teams|local):[^:\s]{1,128}:[^:\s]{1,128}$/,
    'holds something that is no person: write slack:<team>:<user> or teams:<tenant>:<Entra object id>',
  )
  .transform((text): IdentityKey => {
    const [provider, tenant = '', id = ''] = text.split(':');
    return { provider: provider === 'slack' || provider === 'teams' ? provider : 'local', tenant, id };
  });

const days = whole(1, 36_500, 'a number of days, such as 365');

export const deskSettings = {
  LOCAL_CHAT: optional(flag, {
    says: 'The browser chat: 1 on, 0 off; served to this computer only',
    absent: 'on when neither Slack nor Teams is, and `HOST` is loopback',
    example: '1',
  }),
  DESK_API_KEYS: optional(apiKeys, {
    says: 'Keys of the JSON API, as name:sha256-of-key pairs (`printf %s "$KEY" | sha256sum`)',
    absent: 'no keys',
    example: `report:${'0'.repeat(64)}`,
    secret: true,
  }),
  DESK_LEADS: optional(list(lead), {
    says: 'Staff who may do what only leads may',
    absent: 'no leads',
    example: 'slack:T0123456:U0123456',
  }),
  HELP_DESK_CONTACT: optional(words('how to reach the help desk'), {
    says: 'How employees reach the help desk without the bot, in words',
    example: 'help@example.com or extension 4357',
  }),
  HELP_DESK_HOURS: optional(deskHours, {
    says: 'When the help desk is there',
    example: 'Mon-Fri 08:00-18:00',
  }),
  OIDC_ISSUER: optional(address('https://login.example.com/tenant'), {
    says: 'An OpenID Connect issuer through which staff sign in to the console',
    absent: 'sign-in links only',
    example: 'https://login.example.com/tenant',
  }),
  OIDC_CLIENT_ID: optional(words("the console's client id"), {
    says: "The console's client id there",
    example: 'ecadesk',
  }),
  OIDC_CLIENT_SECRET: optional(words("the client's secret"), {
    says: "That client's secret",
    example: 'your-client-secret',
    secret: true,
  }),
  RETAIN_MESSAGES_DAYS: optional(days, {
    says: 'After how many days what people wrote is erased',
    absent: 'kept for ever',
    example: '90',
  }),
  RETAIN_HISTORY_DAYS: optional(days, {
    says: 'After how many days the history of finished journeys is erased',
    absent: 'kept for ever',
    example: '730',
  }),
};

export interface DeskConfig {
  /** SHA-256 in lower-case hex. */
  apiKeys: readonly { name: string; sha256: string }[];
  leads: readonly IdentityKey[];
  contact: string | null;
  hours: DeskHours | null;
  oidc: { issuer: string; clientId: string; clientSecret: string } | null;
}

export interface RetainConfig {
  /** Null: for ever. */
  messagesDays: number | null;
  historyDays: number | null;
}

type DeskReading = Reading<typeof deskSettings>;

export function deskConfig(reading: DeskReading): DeskConfig {
  const { values } = reading;
  return {
    apiKeys: values.DESK_API_KEYS ?? [],
    leads: values.DESK_LEADS ?? [],
    contact: values.HELP_DESK_CONTACT,
    hours: values.HELP_DESK_HOURS,
    oidc: oidc(reading),
  };
}

const oidcNames = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const;

function oidc({ values, given, complain }: DeskReading): DeskConfig['oidc'] {
  const there = oidcNames.find((name) => given(name));
  if (there === undefined) return null;
  for (const name of oidcNames)
    if (!given(name))
      complain(name, `is missing although ${there} is set: write all three of ${oidcNames.join(', ')}`);
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  return issuer === null || clientId === null || clientSecret === null
    ? null
    : { issuer, clientId, clientSecret };
}

export function retainConfig({ values, complain }: DeskReading): RetainConfig {
  const { RETAIN_MESSAGES_DAYS: messagesDays, RETAIN_HISTORY_DAYS: historyDays } = values;
  if (messagesDays !== null && historyDays !== null && messagesDays > historyDays)
    complain(
      'RETAIN_MESSAGES_DAYS',
      'is longer than RETAIN_HISTORY_DAYS, with which messages go as well: write the same or less',
    );
  return { messagesDays, historyDays };
}

/** Whether the browser chat is served. */
export function localChat(
  { values, complain }: DeskReading,
  facts: { loopback: boolean; otherChannels: boolean },
): boolean {
  const wanted = values.LOCAL_CHAT ?? (facts.loopback && !facts.otherChannels);
  if (wanted && !facts.loopback)
    complain('LOCAL_CHAT', 'is never served off this computer: write LOCAL_CHAT=0, or HOST=127.0.0.1');
  return wanted;
}
