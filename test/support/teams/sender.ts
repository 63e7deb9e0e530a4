import { createTeams } from '../../../src/bot/teams/index.ts';
import type { TeamsSettings } from '../../../src/bot/teams/settings.ts';
import { tenant } from './activities.ts';
import { anonymous } from './bot.ts';

/** The Teams channel of an application, with a connector at `url`, and what it needs to say hello to somebody. */
export async function sender(
  cloud: TeamsSettings['cloud'],
  app: NonNullable<TeamsSettings['app']>,
  url: string,
) {
  const warned: unknown[] = [];
  const teams = await createTeams({
    settings: { ...anonymous, app, cloud, tenants: [tenant], serviceUrls: [url], anonymous: false },
    receive: async () => 'received',
    baseUrl: () => null,
    picturesDir: '/nowhere',
    log: { warn: (...line: unknown[]) => void warned.push(line) },
  });
  const reference = {
    serviceUrl: url,
    tenant,
    conversation: 'a:chat',
    place: 'personal',
    bot: `28:${app.id}`,
  };
  const send = () =>
    teams.channel.deliver({
      id: 'o',
      conversation: { key: 'k', reference },
      audience: 'employee',
      op: 'post',
      message: { summary: 'Hello', tone: 'info', fields: [], buttons: [] },
      ambiguous: false,
    });
  return { send, warned };
}
