import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { SlackEvent } from './body.ts';
import type { Homes } from './homes.ts';
import { fromMessage, opened } from './incoming.ts';
import type { Log } from './parts.ts';
import type { Places } from './places.ts';
import type { Save } from './saving.ts';
import { directAddress, words } from './words.ts';
import type { Workspace } from './workspace.ts';

export interface EventParts {
  client: webApi.WebClient;
  save: Save;
  places: Places;
  homes: Homes;
  workspace: Workspace;
  clock: () => Date;
  log: Log;
}

const history = z.object({ messages: z.array(z.unknown()) });
/** Milliseconds for a look whether a conversation is empty, of the three seconds that Slack gives. */
const glance = 800;

/** Events of Slack's Events API. What a listener throws, Slack delivers again. */
export function listenToEvents(parts: EventParts): (body: SlackEvent) => Promise<void> {
  const { client, save, places, homes, workspace, clock, log } = parts;

  return async ({ team_id: team, event_id: id, event }) => {
    switch (event.type) {
      case 'message': {
        const draft = fromMessage(team, id, event, clock());
        if (!draft) return;
        places.learn(draft.from.id, event.channel);
        return save(draft, 'may-be-saved');
      }
      case 'app_home_opened':
        if (event.tab === 'home') {
          homes
            .publish({ provider: 'slack', tenant: team, id: event.user })
            .catch((error: unknown) =>
              log.warn({ err: error, user: event.user }, 'An App Home could not be shown.'),
            );
          return;
        }
        if (event.channel && (await isEmpty(event.channel)))
          return save(opened(team, event.user, id, clock()), 'may-be-saved');
        return;
      case 'app_mention':
        await save(opened(team, event.user, id, clock()), 'may-be-saved');
        pointToDirect(event.channel, event.user, event.thread_ts).catch((error: unknown) =>
          log.warn({ err: error, user: event.user }, 'A mention in a channel could not be answered there.'),
        );
        return;
      default:
        log.error(
          { event: event.type },
          'Slack has taken the app out of the workspace or revoked its tokens: install it again.',
        );
    }
  };

  /** The event comes each time the conversation is looked at; only an empty one needs a first word from us. */
  async function isEmpty(channel: string): Promise<boolean> {
    try {
      const looked = client.conversations.history({ channel, limit: 1 });
      const late = new Promise<never>((_, reject) =>
        setTimeout(reject, glance, new Error('too slow')).unref(),
      );
      return history.parse(await Promise.race([looked, late])).messages.length === 0;
    } catch (error) {
      log.info(
        { err: error, channel },
        'Slack did not tell whether this conversation is empty; the person speaks first.',
      );
      return false;
    }
  }

  async function pointToDirect(channel: string, user: string, thread: string | undefined): Promise<void> {
    const own = await workspace.own();
    const text = words.inDirect(directAddress(own.team, own.bot));
    await client.chat.postEphemeral({ channel, user, text, ...(thread && { thread_ts: thread }) });
  }
}
