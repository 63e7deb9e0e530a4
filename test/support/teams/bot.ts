import Fastify from 'fastify';
import type { Incoming, Receive } from '../../../src/bot/incoming.ts';
import { createTeams, type TeamsChannel } from '../../../src/bot/teams/index.ts';
import type { TeamsSettings } from '../../../src/bot/teams/settings.ts';

export const anonymous: TeamsSettings = {
  app: null,
  cloud: 'public',
  helpDeskChannel: null,
  tenants: [],
  serviceUrls: null,
  openIdMetadataUrl: null,
  anonymous: true,
};

export interface TeamsBot extends TeamsChannel {
  url: string;
  received: Incoming[];
  warnings: string[];
  post(activity: unknown, authorization?: string): Promise<{ status: number; body: string }>;
  end(): Promise<void>;
}

/** The Teams channel behind a server of its own, with what is received written down instead of an engine. */
export async function startTeamsBot(
  settings: TeamsSettings = anonymous,
  options: { receive?: Receive; clock?: () => number } = {},
): Promise<TeamsBot> {
  const received: Incoming[] = [];
  const warnings: string[] = [];
  const receive: Receive = async (incoming) => {
    received.push(incoming);
    return options.receive ? options.receive(incoming) : 'received';
  };
  const teams = await createTeams({
    settings,
    receive,
    baseUrl: () => null,
    picturesDir: '/nowhere',
    ...(options.clock && { clock: options.clock }),
    log: { warn: (details, message) => void warnings.push(`${message} ${JSON.stringify(details)}`) },
  });
  const app = Fastify();
  await app.register(teams.routes);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...teams,
    url,
    received,
    warnings,
    async post(activity, authorization) {
      const response = await fetch(`${url}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        body: typeof activity === 'string' ? activity : JSON.stringify(activity),
      });
      return { status: response.status, body: await response.text() };
    },
    end: () => app.close(),
  };
}
