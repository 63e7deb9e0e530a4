import { z } from 'zod';
import { type Activity, placeOf } from './activity.ts';

/** What is kept of a conversation, so that the bot can speak there first, at any time. */
export const reference = z.object({
  serviceUrl: z.url(),
  tenant: z.string(),
  conversation: z.string(),
  place: z.enum(['personal', 'groupChat', 'channel']),
  bot: z.string(),
});
export type Reference = z.output<typeof reference>;

export function referenceOf(activity: Activity, tenant: string): Reference {
  return {
    serviceUrl: activity.serviceUrl,
    tenant,
    conversation: activity.conversation.id,
    place: placeOf(activity),
    bot: activity.recipient.id,
  };
}

/** Unique among all conversations of Teams. */
export function conversationKey({
  tenant,
  conversation,
}: Pick<Reference, 'tenant' | 'conversation'>): string {
  return `${tenant}/${conversation}`;
}

/** A message that was posted; a channel's post begins a thread, which is a conversation of its own. */
export const messageRef = z.object({ conversation: z.string(), activity: z.string() });
export type MessageRef = z.output<typeof messageRef>;
