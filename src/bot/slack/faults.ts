import { webApi } from '@slack/bolt';
import { DeliveryError, type DeliveryFault } from '../channel.ts';

/** Milliseconds to wait where Slack says "later" without saying when. */
const later = 30_000;

const install = 'Install the Slack app again and write its new token into SLACK_BOT_TOKEN.';

/** Slack's error codes (docs.slack.dev, methods) by what they mean for a delivery, with a sentence for staff. */
const table: Record<string, [DeliveryFault, string]> = {
  channel_not_found: ['conversation-gone', 'Slack does not know this conversation (any more).'],
  not_in_channel: ['conversation-gone', 'The bot is not a member of this channel: invite it with /invite.'],
  is_archived: [
    'conversation-gone',
    'This channel is archived: unarchive it, or set SLACK_HELPDESK_CHANNEL to another.',
  ],
  user_not_found: ['conversation-gone', 'Slack does not know this person (any more).'],
  users_not_found: ['conversation-gone', 'Slack does not know this person (any more).'],
  user_not_visible: ['conversation-gone', 'The bot may not see this person.'],
  user_disabled: ['conversation-gone', "This person's Slack account is deactivated."],
  cannot_dm_bot: ['conversation-gone', 'This is a bot: it cannot be written to.'],
  messages_tab_disabled: [
    'conversation-gone',
    'The app takes no messages: turn the Messages tab on in its App Home settings.',
  ],
  restricted_action: ['conversation-gone', 'The workspace does not let the bot post here.'],
  account_inactive: ['conversation-gone', `Slack has deactivated the bot's account. ${install}`],
  token_revoked: ['conversation-gone', `The bot's token was revoked. ${install}`],
  token_expired: ['conversation-gone', `The bot's token has expired. ${install}`],
  invalid_auth: ['conversation-gone', `Slack does not accept the bot's token. ${install}`],
  not_authed: ['conversation-gone', `Slack does not accept the bot's token. ${install}`],
  missing_scope: [
    'conversation-gone',
    'The Slack app lacks a permission: update it from the manifest and install it again.',
  ],
  message_not_found: ['target-gone', 'The message to change is gone.'],
  cant_update_message: ['target-gone', 'This message cannot be changed.'],
  edit_window_closed: ['target-gone', 'This message cannot be changed any more.'],
  ratelimited: ['rate-limited', 'Slack asks to wait.'],
  rate_limited: ['rate-limited', 'Slack asks to wait.'],
  message_limit_exceeded: ['rate-limited', 'Slack asks to wait.'],
  // "It's possible some aspect of the operation succeeded before the error was raised."
  internal_error: ['ambiguous', 'Slack had an internal error.'],
  fatal_error: ['ambiguous', 'Slack had an internal error.'],
  request_timeout: ['ambiguous', 'Slack took too long.'],
  service_unavailable: ['ambiguous', 'Slack is not available.'],
};

/** What the failure of a call means for a delivery. */
export function deliveryFault(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (error instanceof webApi.WebAPIRateLimitedError)
    return new DeliveryError('rate-limited', 'Slack asks to wait.', {
      retryAfter: error.retryAfter * 1000,
      cause: error,
    });
  const code = slackCode(error);
  if (code !== null) {
    const [fault, sentence] = table[code] ?? ['refused', 'Slack does not take this message.'];
    const retryAfter = fault === 'rate-limited' ? { retryAfter: later } : {};
    return new DeliveryError(fault, `${sentence} (${code})`, { ...retryAfter, cause: error });
  }
  if (neverSent(error)) return new DeliveryError('unavailable', 'Slack cannot be reached.', { cause: error });
  if (error instanceof Error && /retry-after/i.test(error.message))
    return new DeliveryError('rate-limited', 'Slack asks to wait.', { retryAfter: later, cause: error });
  return new DeliveryError('ambiguous', 'Slack gave no answer.', { cause: error });
}

/** Slack's own error code, where Slack answered with one. */
export function slackCode(error: unknown): string | null {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : null;
}

const beforeConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether the connection failed before a byte of the request went out, as the causes of the error tell. */
function neverSent(error: unknown): boolean {
  let cause: unknown = error;
  for (let depth = 0; depth < 6 && typeof cause === 'object' && cause !== null; depth++) {
    if ('code' in cause && typeof cause.code === 'string' && beforeConnected.has(cause.code)) return true;
    cause = 'original' in cause ? cause.original : 'cause' in cause ? cause.cause : null;
  }
  return false;
}
