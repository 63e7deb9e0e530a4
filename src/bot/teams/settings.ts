import { type Cloud, clouds } from './cloud.ts';

/** What the channel is started with; the configuration's own shape. */
export interface TeamsSettings {
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
}

/** Without an application the SDK lets everybody in: so nothing starts, except anonymously on this computer. */
export class TeamsSettingsError extends Error {
  override name = 'TeamsSettingsError';
  readonly code = 'teams-settings';
}

export interface Access {
  cloud: Cloud;
  openIdMetadataUrl: string;
  serviceUrls: readonly string[];
}

/** Every address in force. @throws {TeamsSettingsError} */
export function accessOf(settings: TeamsSettings): Access {
  if (settings.app === null && !settings.anonymous)
    throw new TeamsSettingsError('Teams cannot start without an application: set MICROSOFT_APP_ID.');
  if (settings.app !== null && settings.tenants.length === 0)
    throw new TeamsSettingsError(
      'Teams cannot start without a tenant: set MICROSOFT_APP_TENANT_ID or TEAMS_TENANTS.',
    );
  const cloud = clouds[settings.cloud];
  // Whoever may speak without a signature could name any address for the answer.
  const own =
    settings.app === null ? ['http://127.0.0.1/', 'http://localhost/', 'http://[::1]/'] : cloud.serviceUrls;
  return {
    cloud,
    openIdMetadataUrl: settings.openIdMetadataUrl ?? cloud.openIdMetadataUrl,
    serviceUrls: settings.serviceUrls ?? own,
  };
}

/** Same origin and below the same path; for an address of this computer any port will do. */
export function mayServe(allowed: readonly string[], serviceUrl: string): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  const url = new URL(serviceUrl);
  if (url.username || url.password) return false;
  return allowed
    .map((address) => new URL(address))
    .some((one) => {
      const local = one.protocol === 'http:' && one.port === '';
      const origin = local
        ? url.protocol === 'http:' && url.hostname === one.hostname
        : url.origin === one.origin;
      return (
        origin &&
        `${url.pathname}/`.startsWith(one.pathname.endsWith('/') ? one.pathname : `${one.pathname}/`)
      );
    });
}
