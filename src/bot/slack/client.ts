import { type Logger, LogLevel, webApi } from '@slack/bolt';
import type { Log, SlackSettings } from './parts.ts';

/** Longer than Slack takes on a bad day, and shorter than anybody wants a conversation to stand still. */
const timeout = 10_000;

/**
 * How Slack is called. No retries of the SDK's own: it would post twice, and one 429 would hold up every
 * conversation; the outbox repeats what failed. A fresh object each time, because the SDK writes into it.
 */
export function clientOptions({ apiUrl }: Pick<SlackSettings, 'apiUrl'>, log: Log): webApi.WebClientOptions {
  return {
    ...(apiUrl !== null && { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    timeout,
    logger: sdkLogger(log),
  };
}

export function slackClient(settings: SlackSettings, log: Log): webApi.WebClient {
  return new webApi.WebClient(settings.botToken, clientOptions(settings, log));
}

/** The SDK's log in ours. Its debug lines hold whole bodies, so they go nowhere. */
export function sdkLogger(log: Log): Logger {
  const line = (parts: unknown[]) => parts.map(String).join(' ');
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({ from: 'slack-sdk' }, line(parts)),
    error: (...parts) => log.error({ from: 'slack-sdk' }, line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
