import { decodeAction } from '../action.ts';
import type { IdentityKey, Incoming, Profile, Said } from '../incoming.ts';
import { dateBlock, datePicker } from './blocks.ts';
import type { Command, Form, MessageEvent, Press } from './body.ts';
import { Hint } from './hint.ts';
import { readForm } from './modal.ts';
import { typedText } from './text.ts';

/** Slack's bodies as neutral events. The person's conversation is always the direct one, wherever they pressed. */

export type Draft = Omit<Incoming, 'profile'>;

const slackPerson = (tenant: string, id: string): IdentityKey => ({ provider: 'slack', tenant, id });

export function conversationOf(who: IdentityKey): Incoming['conversation'] {
  return { key: `${who.tenant}/${who.id}`, reference: { user: who.id } };
}

function draft(
  who: IdentityKey,
  id: string,
  at: Date,
  said: Said,
  hint?: Omit<ConstructorParameters<typeof Hint>[0], 'conversation'>,
): Draft {
  const conversation = conversationOf(who);
  return {
    id,
    from: who,
    conversation,
    at,
    said,
    hint: new Hint({ conversation: conversation.key, ...hint }),
  };
}

/** A message, an edit or a deletion in a direct conversation; null where it is not the person who did it. */
export function fromMessage(team: string, eventId: string, event: MessageEvent, at: Date): Draft | null {
  if (event.channel_type !== 'im') return null;
  const author = authorOf(event);
  const said = saidIn(event);
  if (!author || !said) return null;
  return draft(slackPerson(team, author), eventId, at, said, { thread: event.thread_ts });
}

function authorOf(event: MessageEvent): string | undefined {
  const { message, previous_message: before } = event;
  if (event.bot_id || message?.bot_id || before?.bot_id) return undefined;
  return event.user ?? message?.user ?? before?.user;
}

function saidIn(event: MessageEvent): Said | null {
  switch (event.subtype) {
    case undefined:
    case 'file_share':
    case 'thread_broadcast':
      return { kind: 'text', text: typedText(event.text ?? ''), files: event.files?.length ?? 0 };
    case 'message_changed':
      // Slack also "changes" a message when it adds a preview of a link: the words are the same then.
      return event.message?.text === event.previous_message?.text ? null : { kind: 'edited' };
    case 'message_deleted':
      return { kind: 'deleted' };
    default:
      return null;
  }
}

export function opened(team: string, user: string, eventId: string, at: Date): Draft {
  return draft(slackPerson(team, user), eventId, at, { kind: 'opened' });
}

/** The word after the command, as if it were written in the direct conversation. */
export function fromCommand(command: Command, at: Date): Draft {
  const text = typedText(command.text).trim() || 'status';
  return draft(slackPerson(command.team_id, command.user_id), `command/${command.trigger_id}`, at, {
    kind: 'text',
    text,
    files: 0,
  });
}

/**
 * A press; null where the button is none of ours. A press is not delivered again by Slack, but a double click is two:
 * each has its own `action_ts`.
 */
export function fromPress(body: Press, at: Date): Draft | null {
  const [pressed] = body.actions;
  if (!pressed) return null;
  const action = decodeAction(pressed.selected_option?.value ?? pressed.action_id);
  if (!action) return null;
  const who = slackPerson(body.team.id, body.user.id);
  const value = pressed.block_id === dateBlock ? pickedDate(body) : undefined;
  const said: Said = { kind: 'press', action, ...(value !== undefined && { value }) };
  const message = body.container.message_ts;
  const response =
    body.response_url && message ? { url: body.response_url, message, at: at.getTime() } : undefined;
  const id = ['press', body.user.id, message ?? 'home', pressed.action_ts, pressed.action_id].join('/');
  return draft(who, id, at, said, { response, thread: body.container.thread_ts });
}

export function pickedDate(body: Press): string | undefined {
  return body.state?.values[dateBlock]?.[datePicker]?.selected_date ?? undefined;
}

/** A form that was sent is one event, however often it is sent: its view is its identity. */
export function fromForm(body: Form, at: Date): Draft | null {
  const form = readForm(body.view);
  if (!form) return null;
  const said: Said = { kind: 'press', action: form.action, value: form.value };
  return draft(slackPerson(body.team.id, body.user.id), `form/${body.view.id}`, at, said);
}

export function withProfile(draft: Draft, profile: Profile): Incoming {
  return { ...draft, profile };
}
