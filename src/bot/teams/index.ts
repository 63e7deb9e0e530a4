import type { FastifyPluginAsync } from 'fastify';
import type { Channel } from '../channel.ts';
import type { Receive } from '../incoming.ts';
import type { Activity } from './activity.ts';
import { tenantOf } from './activity.ts';
import { ChannelKeys } from './auth/keys.ts';
import { Unauthorized, verifyToken } from './auth/verify.ts';
import { deliverer } from './deliver.ts';
import { handlersFor } from './handlers.ts';
import { pictureAddress, pictureRoutes } from './pictures.ts';
import { conversationKey, type Reference } from './reference.ts';
import { type RouteParts, teamsRoutes } from './routes.ts';
import { sdkProcess } from './sdk/adapter.ts';
import { botAuthentication } from './sdk/authentication.ts';
import { connectors } from './sdk/connector.ts';
import { loadSdk } from './sdk/load.ts';
import { type Access, accessOf, mayServe, type TeamsSettings } from './settings.ts';
import { staffRoster } from './staff.ts';

export interface TeamsParts {
  settings: TeamsSettings;
  receive: Receive;
  /** The server's address as Teams' clients reach it, which load a flow's pictures from there; null: none. */
  baseUrl: () => string | null;
  picturesDir: string;
  clock?: () => number;
  log: { warn(details: object, message: string): void };
}

export interface TeamsChannel {
  channel: Channel;
  routes: FastifyPluginAsync;
}

/**
 * Microsoft Teams. The SDK is loaded here and only here.
 * @throws {TeamsSettingsError} without an application, unless anonymous
 */
export async function createTeams(parts: TeamsParts): Promise<TeamsChannel> {
  const { settings, clock = Date.now } = parts;
  const access = accessOf(settings);
  const sdk = await loadSdk();
  const { incoming, token } = botAuthentication(sdk, settings, access);
  const connectorFor = connectors(token);
  const warn = (err: unknown, what: string) => parts.log.warn({ err, channel: 'teams' }, what);
  const desk = deskPlace(settings, access);
  const handlers = handlersFor({ receive: parts.receive, connectorFor, clock, warn });
  const isStaff = staffRoster({
    clock,
    warn: (error) => warn(error, 'the help desk’s roster was not read; nobody is staff meanwhile'),
    async desk() {
      const place = desk.place();
      return (
        place && {
          connector: await connectorFor(place.serviceUrl),
          channel: place.conversation,
          tenant: place.tenant,
        }
      );
    },
  });
  const stored = desk.stored();
  return {
    channel: {
      provider: 'teams',
      deliver: deliverer({
        rendering: { pictureUrl: (file) => pictureAddress(parts.baseUrl(), file) },
        connectorFor,
        current: (place) => (stored && place.conversation === stored.conversation ? desk.place() : place),
      }),
      ...(stored && { staffConversation: { key: conversationKey(stored), reference: stored } }),
      isStaff,
    },
    async routes(app) {
      await app.register(pictureRoutes(parts.picturesDir));
      const admit = admission(settings, access, clock);
      await app.register(
        teamsRoutes({ admit, process: sdkProcess(sdk, incoming, handlers), seen: desk.learn, warn }),
      );
    },
  };
}

/** Who may speak: anybody on this computer, or what the channel signed, from the tenants and addresses allowed. */
function admission(settings: TeamsSettings, access: Access, clock: () => number): RouteParts['admit'] {
  const { app, tenants } = settings;
  const { issuer } = access.cloud;
  const keys = new ChannelKeys({ metadataUrl: access.openIdMetadataUrl, clock });
  return async (authorization, { channelId, serviceUrl }, tenant) => {
    if (!mayServe(access.serviceUrls, serviceUrl))
      throw new Unauthorized('The service address is not allowed.');
    if (app === null) return;
    await verifyToken(
      authorization,
      { channelId, serviceUrl, tenant },
      { appId: app.id, issuer, tenants, keys, clock },
    );
  };
}

/**
 * The help desk's channel. Where Teams is to be reached for it is the tenant's matter and may change: what came in
 * last from the tenant says it; until then the first allowed address serves.
 */
function deskPlace(settings: TeamsSettings, access: Access) {
  const channel = settings.helpDeskChannel;
  const ownTenant = (settings.app?.tenantId ?? settings.tenants[0] ?? '').toLowerCase();
  let known: Pick<Reference, 'serviceUrl' | 'bot' | 'tenant'> | null = settings.app && {
    serviceUrl: proactive(access.serviceUrls[0] ?? ''),
    bot: `28:${settings.app.id}`,
    tenant: ownTenant,
  };
  const at = (base: Pick<Reference, 'serviceUrl' | 'bot' | 'tenant'>): Reference => ({
    ...base,
    conversation: channel ?? '',
    place: 'channel',
  });
  return {
    /** What the database keeps; with a stand-in address until one is known. */
    stored: (): Reference | null =>
      channel === null ? null : at(known ?? { serviceUrl: 'http://127.0.0.1/', bot: '', tenant: ownTenant }),
    place: (): Reference | null => (channel === null || known === null ? null : at(known)),
    learn(activity: Activity): void {
      const tenant = tenantOf(activity);
      if (tenant === null || (ownTenant !== '' && tenant !== ownTenant)) return;
      known = { serviceUrl: activity.serviceUrl, bot: activity.recipient.id, tenant };
    },
  };
}

/** Teams' address for speaking first, which is the same for every region. */
function proactive(serviceUrl: string): string {
  return serviceUrl === '' || new URL(serviceUrl).pathname !== '/' ? serviceUrl : `${serviceUrl}teams/`;
}
