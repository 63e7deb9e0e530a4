import { fileURLToPath } from 'node:url';
import { overHttp, People } from '../../test/support/slack/people.ts';
import type { SlackServer } from '../../test/support/slack/server.ts';
import { choicesOf } from '../../test/support/slack/walker.ts';

export const secret = 'a-signing-secret-for-the-bench';

/** A program that is measured; all are called and answered by the same Slack, and verify the same signature. */
export interface Candidate {
  name: string;
  program: string;
  durable: boolean;
  env: Record<string, string>;
  /** Brings every conversation to a message that can be pressed. */
  prepare(slack: SlackServer, url: string, users: readonly string[]): Promise<void>;
}

const bare = fileURLToPath(new URL('./bare.ts', import.meta.url));

export const bolt: Candidate = {
  name: 'bare Bolt',
  program: bare,
  durable: false,
  env: {},
  prepare: aButtonEach,
};
export const boltWithInsert: Candidate = { ...bolt, name: 'Bolt + one committed INSERT', durable: true };
export const ecadesk: Candidate = {
  name: 'ecadesk',
  program: 'dist/server/main.js',
  durable: true,
  env: { PORT: '0', LOG_LEVEL: 'info', SLACK_CHANNEL_INTERVAL_MS: '0', SLACK_POSTS_PER_MINUTE: '100000' },
  prepare: aCardEach,
};

export const slackOf = (slack: SlackServer): Record<string, string> => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_SIGNING_SECRET: secret,
  SLACK_API_URL: slack.apiUrl,
});

async function aButtonEach(slack: SlackServer, _url: string, users: readonly string[]): Promise<void> {
  for (const user of users)
    slack.model.direct(user).messages.push({
      ts: slack.model.ts(),
      user: slack.model.bot,
      bot_id: slack.model.botId,
      text: 'Press',
      edits: 0,
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'stuck||||', text: { type: 'plain_text', text: 'Press' } }],
        },
      ],
    });
}

async function aCardEach(slack: SlackServer, url: string, users: readonly string[]): Promise<void> {
  const people = new People(slack, overHttp(url, secret));
  const ready = (user: string) =>
    slack.model
      .direct(user)
      .messages.some((m) =>
        choicesOf(m).some((c) => c.action.verb === 'stuck' || c.action.verb === 'to-step'),
      );
  for (let i = 0; i < users.length; i += 10) {
    const group = users.slice(i, i + 10);
    await Promise.all(group.map((user) => people.say(user, 'start')));
    for (let n = 0; n < 1000 && !group.every(ready); n++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
