import { z } from 'zod';
import { type Action, action, decodeAction } from '../action.ts';
import type { Incoming, Said } from '../incoming.ts';
import { type Activity, placeOf, tenantOf, wordsOf } from './activity.ts';
import { inputId } from './card/actions.ts';
import { conversationKey, referenceOf } from './reference.ts';
import { remembered } from './remembered.ts';

/** What arrived, in no channel's idiom; null where it is nobody's word (a bot's, or of somebody without an Entra id). */
export function incomingOf(activity: Activity, said: Said, now: Date): Incoming | null {
  const tenant = tenantOf(activity) ?? '';
  const person = activity.from.aadObjectId?.toLowerCase();
  if (!person || tenant === '') return null;
  const reference = referenceOf(activity, tenant);
  return {
    id: eventId(activity),
    from: { provider: 'teams', tenant, id: person },
    profile: {
      ...(activity.from.name && { name: activity.from.name }),
      ...(activity.locale && { locale: activity.locale }),
      ...(isZone(activity.localTimezone ?? '') && { zone: activity.localTimezone ?? '' }),
    },
    conversation: { key: conversationKey(reference), reference },
    at: now,
    said,
  };
}

/** An edit and a deletion carry the id of the message they are about, so the kind and the time belong to the identity. */
function eventId({ type, id, timestamp, conversation }: Activity): string {
  return [
    type,
    conversation.id,
    id ?? '',
    type === 'message' || type === 'invoke' ? '' : (timestamp ?? ''),
  ].join('|');
}

/** Asking is slow, and people live in few zones. */
const isZone = remembered((name) => {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}, 1_000);

const cardData = z.looseObject({ action: z.string().max(512), [inputId]: z.string().max(2000).optional() });
const executed = z.looseObject({
  action: z.looseObject({ verb: z.string().max(64), data: cardData }),
});

/** The press of an Action.Execute; its verb and its data must agree, and neither is trusted any further. */
export function pressOf(value: unknown): Extract<Said, { kind: 'press' }> | null {
  const parsed = executed.safeParse(value);
  if (!parsed.success) return null;
  const press = ofData(parsed.data.action.data);
  return press?.action.verb === parsed.data.action.verb ? press : null;
}

/** The press of an Action.Submit, which old clients send in its place, as a message without a text. */
export function submitOf(activity: Activity): Extract<Said, { kind: 'press' }> | null {
  const data = cardData.safeParse(activity.value);
  return data.success && !activity.text ? ofData(data.data) : null;
}

function ofData(data: z.output<typeof cardData>): Extract<Said, { kind: 'press' }> | null {
  const decoded: Action | null = decodeAction(data.action);
  const given = data[inputId];
  if (!decoded || !action.safeParse(decoded).success) return null;
  return { kind: 'press', action: decoded, ...(typeof given === 'string' && { value: given }) };
}

/** A message's words, without the mention of the bot. */
export function textOf(activity: Activity): Said {
  const files = (activity.attachments ?? []).filter(({ contentType }) => isFile(contentType));
  return { kind: 'text', text: wordsOf(activity), files: files.length };
}

/** Teams repeats each formatted message as an HTML attachment, which is no file. */
function isFile(contentType: string | null | undefined): boolean {
  return (
    typeof contentType === 'string' &&
    contentType !== 'text/html' &&
    !contentType.startsWith('application/vnd.microsoft.card')
  );
}

/** The bot itself was just added to somebody's own chat. */
export function isOpening(activity: Activity): boolean {
  const added = activity.membersAdded ?? [];
  return placeOf(activity) === 'personal' && added.some(({ id }) => id === activity.recipient.id);
}
