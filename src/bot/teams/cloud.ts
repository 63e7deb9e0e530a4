/**
 * The addresses of one Microsoft cloud; they go together, so they are set together. `usgov` serves GCC High and DoD;
 * GCC lives in the public cloud. Source: botframework-connector's AuthenticationConstants and GovernmentConstants,
 * and Microsoft's list of service addresses for proactive messages.
 */
export interface Cloud {
  loginUrl: string;
  /** What the bot's own tokens are for. */
  scope: string;
  /** Who signs what comes in. */
  issuer: string;
  openIdMetadataUrl: string;
  emulatorOpenIdMetadataUrl: string;
  oauthUrl: string;
  callerId: string;
  /** Where answers may be sent: an origin and the beginning of a path. */
  serviceUrls: readonly string[];
}

export const clouds: Readonly<Record<'public' | 'usgov', Cloud>> = {
  public: {
    loginUrl: 'https://login.microsoftonline.com/botframework.com',
    scope: 'https://api.botframework.com',
    issuer: 'https://api.botframework.com',
    openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    emulatorOpenIdMetadataUrl:
      'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
    oauthUrl: 'https://api.botframework.com',
    callerId: 'urn:botframework:azure',
    serviceUrls: ['https://smba.trafficmanager.net/', 'https://smba.infra.gcc.teams.microsoft.com/'],
  },
  usgov: {
    loginUrl: 'https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us',
    scope: 'https://api.botframework.us',
    issuer: 'https://api.botframework.us',
    openIdMetadataUrl: 'https://login.botframework.azure.us/v1/.well-known/openidconfiguration',
    emulatorOpenIdMetadataUrl:
      'https://login.microsoftonline.us/cab8a31a-1906-4287-a0d8-4eef66b95f6e/v2.0/.well-known/openid-configuration',
    oauthUrl: 'https://api.botframework.azure.us',
    callerId: 'urn:botframework:azureusgov',
    serviceUrls: ['https://smba.infra.gov.teams.microsoft.us/', 'https://smba.infra.dod.teams.microsoft.us/'],
  },
};
