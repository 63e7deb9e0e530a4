import type {
  BotFrameworkAuthentication,
  ConnectorClient,
  ConnectorFactory,
  UserTokenClient,
} from 'botframework-connector';
import type { Access, TeamsSettings } from '../settings.ts';
import type { Token } from './connector.ts';
import type { Sdk } from './load.ts';

export interface BotAuthentication {
  /** For what comes in. */
  incoming: BotFrameworkAuthentication;
  /** For what goes out. */
  token: Token;
}

/**
 * The SDK's side of authentication. Any one address given to it switches off all its defaults, so all are given. Its
 * own check of what comes in runs after ours (`auth/verify.ts`); its credentials sign what goes out.
 */
export function botAuthentication(sdk: Sdk, settings: TeamsSettings, access: Access): BotAuthentication {
  const { cloud } = access;
  const app = settings.app;
  const credentials = new sdk.builder.ConfigurationServiceClientCredentialFactory({
    MicrosoftAppId: app?.id ?? '',
    MicrosoftAppType: app?.type ?? 'MultiTenant',
    ...(app?.password && { MicrosoftAppPassword: app.password }),
    ...(app?.tenantId && { MicrosoftAppTenantId: app.tenantId }),
  });
  const addresses = {
    ValidateAuthority: true,
    ToChannelFromBotLoginUrl: cloud.loginUrl,
    ToChannelFromBotOAuthScope: cloud.scope,
    ToBotFromChannelTokenIssuer: cloud.issuer,
    OAuthUrl: cloud.oauthUrl,
    ToBotFromChannelOpenIdMetadataUrl: access.openIdMetadataUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: cloud.emulatorOpenIdMetadataUrl,
    CallerId: cloud.callerId,
  };
  const incoming = new (sparing(sdk))(addresses, credentials);
  const signer = once(() => credentials.createCredentials(app?.id ?? '', cloud.scope, cloud.loginUrl, true));
  return {
    incoming,
    async token() {
      if (app === null) return null;
      const own = await signer();
      const { MicrosoftAppCredentials, ManagedIdentityAppCredentials } = sdk.connector;
      if (own instanceof MicrosoftAppCredentials || own instanceof ManagedIdentityAppCredentials)
        return own.getToken();
      throw new Error('The SDK made credentials of an unknown kind.');
    },
  };
}

/**
 * The SDK makes two HTTP clients for each turn, in case the bot answers or signs somebody in through them. Ours speaks
 * through its outbox alone and signs nobody in, so they are made once.
 */
function sparing({ builder, connector }: Sdk) {
  class OneClient extends connector.ConnectorFactory {
    readonly #client: () => Promise<ConnectorClient>;
    constructor(client: () => Promise<ConnectorClient>) {
      super();
      this.#client = once(client);
    }
    override create() {
      return this.#client();
    }
  }
  return class extends builder.ConfigurationBotFrameworkAuthentication {
    #connectors: ConnectorFactory | undefined;
    #tokens: Promise<UserTokenClient> | undefined;

    override async authenticateRequest(
      ...given: Parameters<BotFrameworkAuthentication['authenticateRequest']>
    ) {
      const result = await super.authenticateRequest(...given);
      this.#connectors ??= new OneClient(() =>
        this.createConnectorFactory(result.claimsIdentity).create(given[0].serviceUrl, result.audience),
      );
      return { ...result, connectorFactory: this.#connectors };
    }

    override createUserTokenClient(
      ...given: Parameters<BotFrameworkAuthentication['createUserTokenClient']>
    ) {
      this.#tokens ??= super.createUserTokenClient(...given);
      return this.#tokens;
    }
  };
}

/** What failed is made anew the next time. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
