import { optional, type Reading, standard } from './setting.ts';
import { address, matching, whole } from './text.ts';

const withSlash = address('https://slack.example.com/api/').transform((text) =>
  text.endsWith('/') ? text : `${text}/`,
);

export const slackSettings = {
  SLACK_BOT_TOKEN: optional(
    matching(/^(xoxb-|xoxe\.xoxb-)\S+$/, 'is no bot token: write the one that begins with xoxb-'),
    {
      says: "The bot's token; turns Slack on",
      absent: 'Slack is off',
      example: 'xoxb-your-token',
      secret: true,
    },
  ),
  SLACK_SIGNING_SECRET: optional(
    matching(
      /^(?!xox|xapp)\S{8,}$/,
      'is no signing secret: write the one under "Basic Information" of the Slack app',
    ),
    {
      says: 'Proves that what arrives at `/slack/events` comes from Slack',
      example: 'your-signing-secret',
      secret: true,
    },
  ),
  SLACK_APP_TOKEN: optional(
    matching(/^xapp-\S+$/, 'is no app-level token: write the one that begins with xapp-'),
    {
      says: 'Turns on Socket Mode: the service calls Slack, and needs no public address',
      example: 'xapp-your-token',
      secret: true,
    },
  ),
  SLACK_API_URL: optional(withSlash, {
    says: "Slack's API",
    absent: "Slack's own",
    example: 'https://slack.com/api/',
  }),
  SLACK_HELPDESK_CHANNEL: optional(
    matching(/^[CG][A-Z0-9]{2,}$/, 'is no channel id: write the one under "Copy link", such as C0123456789'),
    {
      says: 'The private channel of the help desk; its members are staff',
      absent: 'no staff in Slack',
      example: 'C0123456789',
    },
  ),
  SLACK_CHANNEL_INTERVAL_MS: standard(whole(0, 60_000, 'milliseconds from 0 to 60000, such as 1000'), 1000, {
    says: 'The least time between two messages in one conversation',
    example: '1000',
  }),
  SLACK_POSTS_PER_MINUTE: standard(whole(1, 100_000, 'a number of messages, such as 300'), 300, {
    says: 'The most messages a minute in the whole workspace',
    example: '300',
  }),
};

export interface SlackConfig {
  botToken: string;
  /** Null in Socket Mode only. */
  signingSecret: string | null;
  /** Not null: Socket Mode. */
  appToken: string | null;
  /** Ends with a slash; null: Slack's own. */
  apiUrl: string | null;
  helpDeskChannel: string | null;
  channelIntervalMs: number;
  postsPerMinute: number;
}

const dependents = [
  'SLACK_SIGNING_SECRET',
  'SLACK_APP_TOKEN',
  'SLACK_HELPDESK_CHANNEL',
  'SLACK_API_URL',
] as const;

/** Null where Slack is off. */
export function slackConfig({ values, given, complain }: Reading<typeof slackSettings>): SlackConfig | null {
  if (!given('SLACK_BOT_TOKEN')) {
    const without = dependents.find((name) => given(name));
    if (without)
      complain(
        'SLACK_BOT_TOKEN',
        `is missing although ${without} is set: write the token that begins with xoxb-`,
      );
    return null;
  }
  if (!given('SLACK_SIGNING_SECRET') && !given('SLACK_APP_TOKEN'))
    complain(
      'SLACK_SIGNING_SECRET',
      'is missing although SLACK_BOT_TOKEN is set: write it, or write SLACK_APP_TOKEN for Socket Mode',
    );
  if (values.SLACK_BOT_TOKEN === null) return null;
  return {
    botToken: values.SLACK_BOT_TOKEN,
    signingSecret: values.SLACK_SIGNING_SECRET,
    appToken: values.SLACK_APP_TOKEN,
    apiUrl: values.SLACK_API_URL,
    helpDeskChannel: values.SLACK_HELPDESK_CHANNEL,
    channelIntervalMs: values.SLACK_CHANNEL_INTERVAL_MS,
    postsPerMinute: values.SLACK_POSTS_PER_MINUTE,
  };
}
