import { App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { FastifyPluginAsync } from 'fastify';
import type { Channel } from '../channel.ts';
import { clientOptions, sdkLogger, slackClient } from './client.ts';
import { Deliverer } from './deliver.ts';
import { gated, type IsOurs, statusOf } from './gate.ts';
import { Homes } from './homes.ts';
import { listen } from './listeners.ts';
import { type Slack, type SlackParts, SlackSetupError } from './parts.ts';
import { People } from './people.ts';
import { pictureRoutes } from './picture-folder.ts';
import { Pictures } from './pictures.ts';
import { Places } from './places.ts';
import { responder } from './response-url.ts';
import { eventsPath, slackRoutes } from './routes.ts';
import { saver } from './saving.ts';
import { Socket } from './socket.ts';
import { Staff } from './staff.ts';
import { Workspace } from './workspace.ts';

export {
  type Keep,
  type PictureSource,
  type Slack,
  type SlackParts,
  type SlackSettings,
  SlackSetupError,
} from './parts.ts';
export { pictureFolder } from './picture-folder.ts';

/** Of Slack's three seconds; what is left is for the way there and back. */
const saveWithin = 2_300;

/**
 * Slack as a channel: over HTTP, or over Socket Mode where there is an app token.
 * @throws {SlackSetupError} for an empty or missing signing secret without Socket Mode
 */
export function createSlack(parts: SlackParts): Slack {
  const { settings, clock, log } = parts;
  const client = slackClient(settings, log);
  const workspace = new Workspace(client);
  const staff =
    settings.helpDeskChannel === null ? null : new Staff(settings.helpDeskChannel, client, clock, log);
  const places = new Places(client, staff);
  const people = new People(client, clock, log);
  const respond = responder(settings.apiUrl);
  const homes = new Homes(client, parts.home);
  const save = saver({ ...parts, people, saveWithin: parts.saveWithin ?? saveWithin });
  const deliverer = new Deliverer({
    client,
    places,
    pictures: new Pictures(client, parts),
    respond,
    clock,
    log,
  });
  const isOurs: IsOurs = (team) => workspace.isOurs(team);
  const http = settings.appToken === null ? httpReceiver(parts) : null;
  const socketReceiver = settings.appToken === null ? null : socketModeReceiver(parts, settings.appToken);
  const socket = socketReceiver && new Socket(socketReceiver, log);
  const app = bolt(parts, http ?? socketReceiver, isOurs);
  listen(app, { client, save, places, homes, workspace, respond, clock, log });

  const channel: Channel = {
    provider: 'slack',
    deliver: (delivery) => deliverer.deliver(delivery),
    ...(staff && {
      staffConversation: { key: `channel/${staff.channel}`, reference: { channel: staff.channel } },
    }),
    isStaff: async (who) => staff?.isStaff(who, async () => (await workspace.own()).team) ?? false,
    tenantName(tenant) {
      const own = workspace.known();
      return own?.team === tenant ? own.name : null;
    },
    async start() {
      await workspace.check(log);
      await staff?.check();
      await socket?.start();
    },
    async stop() {
      await socket?.stop();
    },
  };
  const events = http && slackRoutes(settings.signingSecret ?? '', http, clock);
  const routes: FastifyPluginAsync | null =
    events &&
    (async (server) => {
      await server.register(events);
      await server.register(pictureRoutes(parts.pictures));
    });
  return { channel, routes };
}

/** Bolt takes the events in through the gate; it is never asked to listen or to call Slack by itself. */
function bolt(
  { settings, log }: SlackParts,
  from: HTTPReceiver | SocketModeReceiver | null,
  isOurs: IsOurs,
): App {
  const receiver: Receiver = {
    init: (app) => from?.init(gated(app, isOurs)),
    start: async () => {},
    stop: async () => {},
  };
  const app = new App({
    receiver,
    // The same for every event: Bolt keeps a client for each team it sees.
    authorize: async () => ({ botToken: settings.botToken, teamId: 'own' }),
    clientOptions: clientOptions(settings, log),
    logger: sdkLogger(log),
    convoStore: false,
    ignoreSelf: false,
  });
  app.error(async (error) => {
    throw error;
  });
  return app;
}

function httpReceiver({ settings, log }: SlackParts): HTTPReceiver {
  const signingSecret = settings.signingSecret ?? '';
  if (signingSecret === '')
    throw new SlackSetupError(
      'SLACK_SIGNING_SECRET is empty: write the one under "Basic Information" of the Slack app.',
    );
  return new HTTPReceiver({
    signingSecret,
    // `routes.ts` has verified it, against the injected clock and in both directions.
    signatureVerification: false,
    endpoints: [eventsPath],
    logger: sdkLogger(log),
    async processEventErrorHandler({ error, response }) {
      const status = statusOf(error);
      log.warn({ err: error, status }, 'A request of Slack was not processed.');
      if (!response.headersSent) response.writeHead(status).end();
      return true;
    },
  });
}

function socketModeReceiver({ settings, log }: SlackParts, appToken: string): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger: sdkLogger(log),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(settings, log) },
    async processEventErrorHandler({ error }) {
      log.warn({ err: error }, 'An event of Slack was not processed; Slack will deliver it again.');
      return false;
    },
  });
}
