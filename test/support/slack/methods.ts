import { z } from 'zod';
import { type Block, messageBlocks, mostTextInMessage, textLength, view } from './block-rules.ts';
import type { Model, SlackChannel, SlackMessage } from './model.ts';

/** The Web API methods that the product uses, as strict as Slack and stricter with unknown arguments. */

export class SlackRefusal extends Error {
  readonly code: string;
  constructor(code: string, message = code) {
    super(message);
    this.code = code;
  }
}

type Answer = Record<string, unknown>;
export type Method = (args: Record<string, string>, model: Model) => Answer;

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, ctx): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        ctx.addIssue('not JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
const flag = z.enum(['true', 'false']);
const blocksArgument = json(z.unknown());
const metadata = json(
  z.strictObject({
    event_type: z.string().min(1).max(255),
    event_payload: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
);

function method<T extends z.ZodRawShape>(
  shape: T,
  run: (args: z.output<z.ZodObject<T>>, model: Model) => Answer,
): Method {
  const schema = z.strictObject(shape);
  return (raw, model) => {
    const parsed = schema.safeParse(raw);
    if (!parsed.success) throw new SlackRefusal('invalid_arguments', parsed.error.message);
    return run(parsed.data as z.output<z.ZodObject<T>>, model);
  };
}

function checkedBlocks(blocks: unknown, model: Model): Block[] {
  const parsed = messageBlocks.safeParse(blocks);
  if (!parsed.success) throw new SlackRefusal('invalid_blocks', parsed.error.message);
  if (textLength(parsed.data) > mostTextInMessage) throw new SlackRefusal('msg_blocks_too_long');
  for (const block of parsed.data)
    if (block.type === 'image' && block.slack_file && model.files.get(block.slack_file.id)?.state !== 'ready')
      throw new SlackRefusal('invalid_blocks', 'invalid slack file');
  return parsed.data;
}

function openChannel(id: string, model: Model): SlackChannel {
  const channel = model.channels.get(id);
  if (!channel) throw new SlackRefusal('channel_not_found');
  if (!channel.members.has(model.bot))
    throw new SlackRefusal(channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel');
  if (channel.archived) throw new SlackRefusal('is_archived');
  const person = [...channel.members].find((m) => m !== model.bot);
  if (channel.kind === 'im' && person && model.users.get(person)?.deleted)
    throw new SlackRefusal('user_disabled');
  return channel;
}

function own(channel: SlackChannel, ts: string, model: Model, missing: string): SlackMessage {
  const message = channel.messages.find((m) => m.ts === ts);
  if (!message) throw new SlackRefusal('message_not_found');
  if (message.user !== model.bot) throw new SlackRefusal(missing);
  return message;
}

function user(id: string, model: Model) {
  const found = model.users.get(id);
  if (!found) throw new SlackRefusal('user_not_found');
  return found;
}

function shown({ edits: _, ...message }: SlackMessage, withMetadata: boolean): Answer {
  const { metadata: mark, ...rest } = message;
  return { type: 'message', ...rest, ...(withMetadata && mark && { metadata: mark }) };
}

function paged<T>(all: T[], limit: number, cursor: string | undefined): { page: T[]; next: string } {
  const from = cursor === undefined || cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  const to = from + limit;
  return {
    page: all.slice(from, to),
    next: to < all.length ? Buffer.from(String(to)).toString('base64') : '',
  };
}

const limit = z.coerce.number().int().min(1).max(999).default(100);

export const methods: Record<string, Method> = {
  'auth.test': method({}, (_, model) => ({
    team_id: model.team,
    user_id: model.bot,
    bot_id: model.botId,
    team: 'Team',
    user: 'ecadesk',
  })),

  'chat.postMessage': method(
    {
      channel: z.string(),
      text: z.string().min(1).max(40_000),
      blocks: blocksArgument.optional(),
      metadata: metadata.optional(),
      unfurl_links: flag.optional(),
      unfurl_media: flag.optional(),
      thread_ts: z.string().optional(),
      reply_broadcast: flag.optional(),
    },
    (args, model) => {
      const channel = openChannel(args.channel, model);
      const blocks = args.blocks === undefined ? undefined : checkedBlocks(args.blocks, model);
      if (args.thread_ts !== undefined && !channel.messages.some((m) => m.ts === args.thread_ts))
        throw new SlackRefusal('thread_not_found');
      const message: SlackMessage = {
        ts: model.ts(),
        user: model.bot,
        bot_id: model.botId,
        text: args.text,
        edits: 0,
        ...(blocks && { blocks }),
        ...(args.metadata && { metadata: args.metadata }),
        ...(args.thread_ts && { thread_ts: args.thread_ts }),
        ...(args.reply_broadcast === 'true' && { subtype: 'thread_broadcast' }),
      };
      channel.messages.push(message);
      return { channel: channel.id, ts: message.ts, message: shown(message, true) };
    },
  ),

  'chat.update': method(
    {
      channel: z.string(),
      ts: z.string(),
      text: z.string().min(1).max(40_000),
      blocks: blocksArgument.optional(),
    },
    (args, model) => {
      const channel = openChannel(args.channel, model);
      const message = own(channel, args.ts, model, 'cant_update_message');
      message.text = args.text;
      if (args.blocks !== undefined) message.blocks = checkedBlocks(args.blocks, model);
      message.edits += 1;
      return { channel: channel.id, ts: message.ts, text: message.text };
    },
  ),

  'chat.delete': method({ channel: z.string(), ts: z.string() }, (args, model) => {
    const channel = openChannel(args.channel, model);
    const message = own(channel, args.ts, model, 'cant_delete_message');
    channel.messages.splice(channel.messages.indexOf(message), 1);
    return { channel: channel.id, ts: args.ts };
  }),

  'chat.postEphemeral': method(
    { channel: z.string(), user: z.string(), text: z.string().min(1), thread_ts: z.string().optional() },
    (args, model) => {
      const channel = openChannel(args.channel, model);
      if (!channel.members.has(args.user)) throw new SlackRefusal('user_not_in_channel');
      model.ephemerals.push({ channel: channel.id, user: args.user, text: args.text });
      return { message_ts: model.ts() };
    },
  ),

  'conversations.open': method({ users: z.string() }, (args, model) => {
    if (user(args.users, model).is_bot) throw new SlackRefusal('cannot_dm_bot');
    return { channel: { id: model.direct(args.users).id } };
  }),

  'conversations.info': method({ channel: z.string() }, (args, model) => {
    const channel = model.channels.get(args.channel);
    if (!channel?.members.has(model.bot)) throw new SlackRefusal('channel_not_found');
    return {
      channel: { id: channel.id, is_private: channel.kind === 'private', is_archived: channel.archived },
    };
  }),

  'conversations.members': method(
    { channel: z.string(), limit, cursor: z.string().optional() },
    (args, model) => {
      const { page, next } = paged([...openChannel(args.channel, model).members], args.limit, args.cursor);
      return { members: page, response_metadata: { next_cursor: next } };
    },
  ),

  'conversations.history': method(
    { channel: z.string(), limit, cursor: z.string().optional(), include_all_metadata: flag.optional() },
    (args, model) => {
      const top = openChannel(args.channel, model).messages.filter(
        (m) => m.thread_ts === undefined || m.subtype === 'thread_broadcast',
      );
      const { page, next } = paged(top.toReversed(), args.limit, args.cursor);
      return {
        messages: page.map((m) => shown(m, args.include_all_metadata === 'true')),
        has_more: next !== '',
        response_metadata: { next_cursor: next },
      };
    },
  ),

  'conversations.replies': method(
    {
      channel: z.string(),
      ts: z.string(),
      limit,
      cursor: z.string().optional(),
      include_all_metadata: flag.optional(),
    },
    (args, model) => {
      const thread = openChannel(args.channel, model).messages.filter(
        (m) => m.ts === args.ts || m.thread_ts === args.ts,
      );
      if (thread.length === 0) throw new SlackRefusal('thread_not_found');
      const { page, next } = paged(thread, args.limit, args.cursor);
      return {
        messages: page.map((m) => shown(m, args.include_all_metadata === 'true')),
        response_metadata: { next_cursor: next },
      };
    },
  ),

  'users.info': method({ user: z.string(), include_locale: flag.optional() }, (args, model) => {
    const { locale, ...found } = user(args.user, model);
    return {
      user: {
        ...found,
        ...(args.include_locale === 'true' && { locale }),
        profile: { display_name: '', real_name: found.real_name },
      },
    };
  }),

  'views.publish': method({ user_id: z.string(), view: json(view) }, (args, model) => {
    if (args.view.type !== 'home') throw new SlackRefusal('invalid_arguments', 'not a home view');
    model.homes.set(user(args.user_id, model).id, args.view);
    return { view: { id: `VHOME${args.user_id}` } };
  }),

  'views.open': method({ trigger_id: z.string(), view: json(view) }, (args, model) => {
    const trigger = model.triggers.get(args.trigger_id);
    if (!trigger) throw new SlackRefusal('invalid_trigger_id');
    model.triggers.delete(args.trigger_id);
    if (trigger.until < model.clock()) throw new SlackRefusal('expired_trigger_id');
    if (args.view.type !== 'modal') throw new SlackRefusal('invalid_arguments', 'not a modal');
    const id = model.id('V');
    model.modals.set(id, { user: trigger.user, view: args.view });
    return { view: { id } };
  }),

  'files.completeUploadExternal': method(
    { files: json(z.array(z.strictObject({ id: z.string(), title: z.string() })).min(1)) },
    (args, model) => {
      for (const { id } of args.files) {
        const file = model.files.get(id);
        if (file?.state !== 'uploaded') throw new SlackRefusal('file_not_found');
        file.state = 'complete';
      }
      return { files: args.files };
    },
  ),

  // Slack looks at a file for a moment after the upload; only then does it take it into a block.
  'files.info': method({ file: z.string() }, (args, model) => {
    const file = model.files.get(args.file);
    if (!file) throw new SlackRefusal('file_not_found');
    if (file.state === 'complete' && ++file.looks >= 2) file.state = 'ready';
    return {
      file: { id: file.id, name: file.name, ...(file.state === 'ready' && { mimetype: 'image/png' }) },
    };
  }),
};
