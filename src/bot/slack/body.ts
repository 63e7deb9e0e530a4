import { z } from 'zod';

/**
 * The bodies that Slack sends and this bot understands, in Slack's own names, without everything else. Bolt and its
 * handlers see only what passed here: Bolt itself throws on bodies whose parts are of another kind than it expects.
 */

const id = z.string().min(1).max(128);
const ts = z.string().regex(/^\d{1,12}\.\d{1,12}$/);
const text = z.string().max(100_000);

const inner = z.object({
  user: id.optional(),
  bot_id: id.optional(),
  text: text.optional(),
  ts: ts.optional(),
});

const message = z.object({
  type: z.literal('message'),
  channel: id,
  channel_type: z.string().optional(),
  subtype: z.string().optional(),
  user: id.optional(),
  bot_id: id.nullish(),
  text: text.nullish(),
  ts,
  thread_ts: ts.optional(),
  files: z.array(z.unknown()).optional(),
  message: inner.optional(),
  previous_message: inner.optional(),
});

const homeOpened = z.object({
  type: z.literal('app_home_opened'),
  user: id,
  tab: z.string(),
  channel: id.optional(),
});
const mention = z.object({
  type: z.literal('app_mention'),
  user: id,
  channel: id,
  ts,
  thread_ts: ts.optional(),
});
const revoked = z.object({ type: z.enum(['app_uninstalled', 'tokens_revoked']) });
const slackEvent = z.discriminatedUnion('type', [message, homeOpened, mention, revoked]);

const eventBody = z.object({
  type: z.literal('event_callback'),
  team_id: id,
  event_id: id,
  event: slackEvent,
});
const otherEvent = z.object({
  type: z.literal('event_callback'),
  event_id: id,
  event: z.object({ type: z.string() }),
});
const handled = new Set(['message', 'app_home_opened', 'app_mention', 'app_uninstalled', 'tokens_revoked']);

const person = z.object({ id });
const team = z.object({ id });

const pressed = z.object({
  type: z.string().max(64),
  action_id: z.string().max(255),
  block_id: z.string().max(255).optional(),
  action_ts: ts,
  value: z.string().max(2000).optional(),
  selected_option: z.object({ value: z.string().max(150) }).nullish(),
});

const pressBody = z.object({
  type: z.literal('block_actions'),
  user: person,
  team,
  trigger_id: id,
  response_url: z.url().max(2000).optional(),
  channel: z.object({ id }).optional(),
  container: z.object({ type: z.string(), message_ts: ts.optional(), thread_ts: ts.optional() }),
  actions: z.array(pressed).min(1).max(25),
  state: z
    .object({
      values: z.record(z.string(), z.record(z.string(), z.object({ selected_date: z.iso.date().nullish() }))),
    })
    .optional(),
});

const formBody = z.object({
  type: z.literal('view_submission'),
  user: person,
  team,
  view: z.object({
    id,
    callback_id: z.string().max(255),
    private_metadata: z.string().max(3000),
    state: z.object({ values: z.record(z.string(), z.unknown()) }),
  }),
});

const commandBody = z.object({
  command: z.string().regex(/^\/\S{1,80}$/),
  text: text.default(''),
  team_id: id,
  user_id: id,
  channel_id: id,
  trigger_id: id,
  response_url: z.url().max(2000).optional(),
});

const otherInteraction = z.object({
  type: z.enum(['view_closed', 'shortcut', 'message_action', 'block_suggestion']),
});

export type SlackEvent = z.output<typeof eventBody>;
export type MessageEvent = z.output<typeof message>;
export type Press = z.output<typeof pressBody>;
export type Form = z.output<typeof formBody>;
export type Command = z.output<typeof commandBody>;

/**
 * `body` holds nothing but what the schema names. `other`: well formed, and nothing that this bot listens to.
 */
export type Inbound =
  | { kind: 'event'; body: SlackEvent }
  | { kind: 'press'; body: Press }
  | { kind: 'form'; body: Form }
  | { kind: 'command'; body: Command }
  | { kind: 'other' };

/** @returns null for what Slack never sends */
export function readBody(body: unknown): Inbound | null {
  if (typeof body !== 'object' || body === null) return null;
  if ('command' in body) return as('command', commandBody.safeParse(body));
  if (!('type' in body)) return null;
  switch (body.type) {
    case 'event_callback':
      return readEvent(body);
    case 'block_actions':
      return as('press', pressBody.safeParse(body));
    case 'view_submission':
      return as('form', formBody.safeParse(body));
    default:
      return otherInteraction.safeParse(body).success ? { kind: 'other' } : null;
  }
}

function readEvent(body: object): Inbound | null {
  const any = otherEvent.safeParse(body);
  if (!any.success) return null;
  return handled.has(any.data.event.type) ? as('event', eventBody.safeParse(body)) : { kind: 'other' };
}

function as<K extends string, T>(kind: K, parsed: z.ZodSafeParseResult<T>): { kind: K; body: T } | null {
  return parsed.success ? { kind, body: parsed.data } : null;
}

/**
 * An HTTP body as Bolt is to read it: JSON, also where it came in a form's `payload`, so that a form is not taken apart
 * twice; or a form without one. Null where it holds no object.
 */
export function decodeHttp(
  contentType: string | undefined,
  raw: Buffer,
): { type: 'application/json' | 'application/x-www-form-urlencoded'; raw: Buffer } | null {
  const payload = isForm(contentType) ? new URLSearchParams(raw.toString()).get('payload') : raw.toString();
  if (payload === null) return { type: 'application/x-www-form-urlencoded', raw };
  try {
    const body: unknown = JSON.parse(payload);
    if (typeof body !== 'object' || body === null) return null;
  } catch {
    return null;
  }
  return { type: 'application/json', raw: isForm(contentType) ? Buffer.from(payload) : raw };
}

export function isForm(contentType: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType ?? '');
}
