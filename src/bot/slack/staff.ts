import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { IdentityKey } from '../incoming.ts';
import { type Log, SlackSetupError } from './parts.ts';

const channelInfo = z.object({
  channel: z.object({ is_private: z.boolean(), is_archived: z.boolean().optional() }),
});
const memberPage = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
const account = z.object({
  user: z.object({
    team_id: z.string(),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_workflow_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
  }),
});

/** Milliseconds for which an answer of Slack's counts. "Within five minutes", with room for the asking itself. */
const holds = 4.5 * 60_000;

interface Kept<T> {
  value: Promise<T>;
  until: number;
}

/**
 * Who belongs to the help desk: the members of its private channel, without guests, members of other organisations,
 * bots and deactivated accounts. What Slack does not confirm is not so.
 */
export class Staff {
  readonly channel: string;
  readonly #client: webApi.WebClient;
  readonly #clock: () => Date;
  readonly #log: Log;
  #channel: Kept<'private' | 'public'> | undefined;
  #members: Kept<ReadonlySet<string>> | undefined;
  readonly #accounts = new Map<string, Kept<z.output<typeof account>['user']>>();

  constructor(channel: string, client: webApi.WebClient, clock: () => Date, log: Log) {
    this.channel = channel;
    this.#client = client;
    this.#clock = clock;
    this.#log = log;
  }

  async isStaff(who: IdentityKey, ownTeam: () => Promise<string>): Promise<boolean> {
    try {
      if (who.provider !== 'slack' || who.tenant !== (await ownTeam())) return false;
      if ((await this.privacy()) !== 'private') return false;
      if (!(await this.#memberIds()).has(who.id)) return false;
      return isColleague(await this.#account(who.id), who.tenant);
    } catch (error) {
      this.#log.warn(
        { err: error, user: who.id },
        'Slack did not confirm that this is staff, so it counts as not.',
      );
      return false;
    }
  }

  /**
   * For the start: a public channel stops it, for its posts tell who is in trouble.
   * @throws {SlackSetupError}
   */
  async check(): Promise<void> {
    const privacy = await this.privacy().catch((error: unknown) => {
      this.#log.warn(
        { err: error, channel: this.channel },
        'Slack does not show the help-desk channel: is the bot invited? Until it does, nobody is staff.',
      );
      return null;
    });
    if (privacy === 'public')
      throw new SlackSetupError(
        'SLACK_HELPDESK_CHANNEL is a public channel: make it private, or write the id of a private one.',
      );
  }

  /** @throws when Slack does not tell */
  privacy(): Promise<'private' | 'public'> {
    this.#channel = this.#fresh(this.#channel, async () => {
      const { channel } = channelInfo.parse(await this.#client.conversations.info({ channel: this.channel }));
      return channel.is_private ? 'private' : 'public';
    });
    return this.#channel.value;
  }

  #memberIds(): Promise<ReadonlySet<string>> {
    this.#members = this.#fresh(this.#members, async () => {
      const ids = new Set<string>();
      let cursor = '';
      do {
        const page = memberPage.parse(
          await this.#client.conversations.members({
            channel: this.channel,
            limit: 200,
            ...(cursor && { cursor }),
          }),
        );
        for (const id of page.members) ids.add(id);
        cursor = page.response_metadata?.next_cursor ?? '';
      } while (cursor !== '');
      return ids;
    });
    return this.#members.value;
  }

  #account(user: string): Promise<z.output<typeof account>['user']> {
    const kept = this.#fresh(
      this.#accounts.get(user),
      async () => account.parse(await this.#client.users.info({ user })).user,
    );
    this.#accounts.set(user, kept);
    return kept.value;
  }

  /** What is kept while it counts; a failure is not kept. */
  #fresh<T>(kept: Kept<T> | undefined, ask: () => Promise<T>): Kept<T> {
    const now = this.#clock().getTime();
    if (kept && kept.until > now) return kept;
    const made: Kept<T> = { value: ask(), until: now + holds };
    made.value.catch(() => {
      made.until = 0;
    });
    return made;
  }
}

function isColleague(user: z.output<typeof account>['user'], team: string): boolean {
  const { deleted, is_bot, is_workflow_bot, is_restricted, is_ultra_restricted, is_stranger } = user;
  if (user.team_id !== team) return false;
  return !(deleted || is_bot || is_workflow_bot || is_restricted || is_ultra_restricted || is_stranger);
}
