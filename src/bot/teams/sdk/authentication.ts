import type { BotFrameworkAuthentication } from 'botframework-connector';
import type { Access, TeamsSettings } from '../settings.ts';
import { sendOnce } from '../transport.ts';
import type { Sdk } from './load.ts';

/**
 * The SDK's side of authentication. Any one address given to it switches off all its defaults, so all are given. Its
 * own check of what comes in runs after ours (`auth/verify.ts`); its credentials sign what goes out.
 */
export function botAuthentication(
  sdk: Sdk,
  settings: TeamsSettings,
  access: Access,
): BotFrameworkAuthentication {
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
  const httpClient: NonNullable<ConnectorOptions['httpClient']> = {
    async sendRequest(request) {
      const { status, headers, body } = await sendOnce({
        url: request.url,
        method: request.method,
        headers: request.headers.toJson({ preserveCase: true }),
        body: typeof request.body === 'string' ? request.body : null,
      });
      const answer = request.headers.clone();
      for (const { name } of answer.headersArray()) answer.remove(name);
      for (const [name, value] of Object.entries(headers)) answer.set(name, value);
      return { request, status, headers: answer, bodyAsText: body };
    },
  };
  return new sdk.builder.ConfigurationBotFrameworkAuthentication(
    addresses,
    credentials,
    undefined,
    undefined,
    { httpClient },
  );
}

type ConnectorOptions = NonNullable<
  ConstructorParameters<Sdk['builder']['ConfigurationBotFrameworkAuthentication']>[4]
>;
