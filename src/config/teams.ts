import { optional, type Reading, standard } from './setting.ts';
import { address, choice, flag, isLoopback, list, matching, uuid, whole } from './text.ts';

export const teamsSettings = {
  MICROSOFT_APP_ID: optional(uuid, {
    says: "The bot's application (client) id; turns Teams on",
    absent: 'Teams is off',
    example: '00000000-0000-0000-0000-000000000000',
    // An empty one would turn the Bot Framework's authentication off.
    secret: true,
  }),
  MICROSOFT_APP_PASSWORD: optional(
    matching(/^\S{8,}$/, "is no client secret: write the secret's value, not its id"),
    {
      says: "The application's client secret",
      example: 'your-client-secret',
      secret: true,
    },
  ),
  MICROSOFT_APP_TYPE: standard(choice('SingleTenant', 'MultiTenant', 'UserAssignedMSI'), 'SingleTenant', {
    says: 'SingleTenant, MultiTenant or UserAssignedMSI (a managed identity, which has no secret)',
    example: 'SingleTenant',
  }),
  MICROSOFT_APP_TENANT_ID: optional(uuid, {
    says: "The organisation's tenant id",
    example: '00000000-0000-0000-0000-000000000000',
  }),
  MICROSOFT_CLOUD: standard(choice('public', 'usgov'), 'public', {
    says: 'public, or usgov for GCC High and DoD',
    example: 'public',
  }),
  TEAMS_HELPDESK_CHANNEL: optional(
    matching(
      /^(?!https?:)\S+$/,
      'is no channel id: write the one that looks like 19:…@thread.tacv2, not a link',
    ),
    {
      says: 'The private channel of the help desk; its members are staff',
      absent: 'no staff in Teams',
      example: '19:abc@thread.tacv2',
    },
  ),
  TEAMS_TENANTS: optional(list(uuid), {
    says: 'The tenants whose people may talk to the bot',
    absent: "the application's own",
    example: '00000000-0000-0000-0000-000000000000',
  }),
  TEAMS_SERVICE_URLS: optional(list(address('https://smba.trafficmanager.net/')), {
    says: 'The addresses that answers may be sent to',
    absent: "the cloud's",
    example: 'https://smba.trafficmanager.net/',
  }),
  TEAMS_OPENID_METADATA_URL: optional(
    address('https://login.botframework.com/v1/.well-known/openidconfiguration'),
    {
      says: 'Where the keys are found that sign what Teams sends',
      absent: "the cloud's",
      example: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    },
  ),
  TEAMS_ANONYMOUS: standard(flag, false, {
    says: "1: take messages without a signature, for Microsoft's Agents Playground; on this computer only",
    absent: '0',
    example: '1',
  }),
  TEAMS_THREAD_PER_SECOND: standard(whole(1, 1000, 'a number of messages, such as 7'), 7, {
    says: 'The most messages a second in one conversation',
    example: '7',
  }),
  TEAMS_TENANT_PER_SECOND: standard(whole(1, 10_000, 'a number of messages, such as 30'), 30, {
    says: 'The most messages a second in one tenant',
    example: '30',
  }),
};

export interface TeamsConfig {
  /** Null only when anonymous. */
  app: {
    id: string;
    /** Null for a managed identity. */
    password: string | null;
    type: 'SingleTenant' | 'MultiTenant' | 'UserAssignedMSI';
    tenantId: string | null;
  } | null;
  cloud: 'public' | 'usgov';
  helpDeskChannel: string | null;
  /** Whose people may talk to the bot; empty only when anonymous. */
  tenants: readonly string[];
  /** Null: the cloud's own. */
  serviceUrls: readonly string[] | null;
  openIdMetadataUrl: string | null;
  anonymous: boolean;
  threadPerSecond: number;
  tenantPerSecond: number;
}

type TeamsReading = Reading<typeof teamsSettings>;

const dependents = [
  'MICROSOFT_APP_PASSWORD',
  'MICROSOFT_APP_TYPE',
  'MICROSOFT_APP_TENANT_ID',
  'TEAMS_HELPDESK_CHANNEL',
  'TEAMS_TENANTS',
] as const;

/** Null where Teams is off. */
export function teamsConfig(
  reading: TeamsReading,
  server: { host: string; publicUrl: string | null },
): TeamsConfig | null {
  const { values, given } = reading;
  checkAnonymous(reading, server);
  if (given('MICROSOFT_APP_ID')) checkApp(reading);
  else if (!values.TEAMS_ANONYMOUS) checkNoApp(reading);
  const app = values.MICROSOFT_APP_ID === null ? null : appOf(values, values.MICROSOFT_APP_ID);
  if (app === null && !values.TEAMS_ANONYMOUS) return null;
  return {
    app,
    cloud: values.MICROSOFT_CLOUD,
    helpDeskChannel: values.TEAMS_HELPDESK_CHANNEL,
    tenants: values.TEAMS_TENANTS ?? (app?.tenantId ? [app.tenantId] : []),
    serviceUrls: values.TEAMS_SERVICE_URLS,
    openIdMetadataUrl: values.TEAMS_OPENID_METADATA_URL,
    anonymous: values.TEAMS_ANONYMOUS,
    threadPerSecond: values.TEAMS_THREAD_PER_SECOND,
    tenantPerSecond: values.TEAMS_TENANT_PER_SECOND,
  };
}

function appOf(values: TeamsReading['values'], id: string): TeamsConfig['app'] {
  return {
    id,
    password: values.MICROSOFT_APP_PASSWORD,
    type: values.MICROSOFT_APP_TYPE,
    tenantId: values.MICROSOFT_APP_TENANT_ID,
  };
}

function checkAnonymous(
  { values, given, complain }: TeamsReading,
  server: { host: string; publicUrl: string | null },
) {
  if (!values.TEAMS_ANONYMOUS) return;
  const published = server.publicUrl !== null && !isLoopback(new URL(server.publicUrl).hostname);
  if (!isLoopback(server.host) || published)
    complain(
      'TEAMS_ANONYMOUS',
      'lets anybody speak as anybody, so it is refused off this computer: remove it, or write HOST=127.0.0.1 without a PUBLIC_URL',
    );
  else if (given('MICROSOFT_APP_ID'))
    complain('TEAMS_ANONYMOUS', 'contradicts MICROSOFT_APP_ID: remove one of the two');
}

function checkApp({ values, given, complain }: TeamsReading): void {
  const managed = values.MICROSOFT_APP_TYPE === 'UserAssignedMSI';
  if (managed && given('MICROSOFT_APP_PASSWORD'))
    complain(
      'MICROSOFT_APP_PASSWORD',
      'contradicts MICROSOFT_APP_TYPE=UserAssignedMSI, which has no secret: remove one of the two',
    );
  if (!managed && !given('MICROSOFT_APP_PASSWORD'))
    complain(
      'MICROSOFT_APP_PASSWORD',
      'is missing although MICROSOFT_APP_ID is set: write the client secret, or MICROSOFT_APP_TYPE=UserAssignedMSI',
    );
  const anyTenant = values.MICROSOFT_APP_TYPE === 'MultiTenant';
  if (!given('MICROSOFT_APP_TENANT_ID') && !(anyTenant && given('TEAMS_TENANTS')))
    complain(
      'MICROSOFT_APP_TENANT_ID',
      `is missing although MICROSOFT_APP_ID is set: write the tenant's id${anyTenant ? ', or list the tenants in TEAMS_TENANTS' : ''}`,
    );
}

function checkNoApp({ given, complain }: TeamsReading): void {
  const without = dependents.find((name) => given(name));
  if (without)
    complain('MICROSOFT_APP_ID', `is missing although ${without} is set: write the application's client id`);
}
