import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { slackCode } from './faults.ts';
import { type Log, SlackSetupError } from './parts.ts';

const authTest = z.object({ team_id: z.string(), user_id: z.string(), team: z.string().optional() });

/** The workspace the bot is installed in, and the bot's own user there. */
export interface Own {
  team: string;
  bot: string;
  /** What its people call it. */
  name: string | null;
}

const setup = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']);

/** Asks Slack once who we are, and again after a failure. */
export class Workspace {
  readonly #client: webApi.WebClient;
  #own: Promise<Own> | undefined;
  #known: Own | undefined;

  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  /** @throws when Slack does not tell */
  own(): Promise<Own> {
    this.#own ??= this.#ask().catch((error: unknown) => {
      this.#own = undefined;
      throw error;
    });
    return this.#own;
  }

  known(): Own | undefined {
    return this.#known;
  }

  /** Whether a body is about this workspace; every one is believed until Slack has said which it is. */
  isOurs(team: string): boolean {
    return this.#known === undefined || this.#known.team === team;
  }

  /**
   * For the start: a token that Slack refuses stops it; a Slack that cannot be reached does not.
   * @throws {SlackSetupError}
   */
  async check(log: Log): Promise<void> {
    try {
      await this.own();
    } catch (error) {
      const code = slackCode(error);
      if (code !== null && setup.has(code))
        throw new SlackSetupError(
          `SLACK_BOT_TOKEN is refused by Slack (${code}): install the app again and write its new token.`,
        );
      log.warn({ err: error }, 'Slack cannot be reached yet; what is to be said waits until it can.');
    }
  }

  async #ask(): Promise<Own> {
    const told = authTest.parse(await this.#client.auth.test());
    this.#known = { team: told.team_id, bot: told.user_id, name: told.team ?? null };
    return this.#known;
  }
}
