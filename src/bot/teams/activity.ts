import { z } from 'zod';

/** What this product reads of an activity; the rest is left to the SDK. Texts are raw and may hold a secret. */

const account = z.looseObject({
  id: z.string().min(1).max(512),
  name: z.string().max(512).nullish(),
  aadObjectId: z.string().max(128).nullish(),
});

const conversation = z.looseObject({
  id: z.string().min(1).max(512),
  conversationType: z.string().max(32).nullish(),
  tenantId: z.string().max(128).nullish(),
  isGroup: z.boolean().nullish(),
});

/** An activity may be large (an employee pastes a log), so only its outline is checked. */
export const activity = z.looseObject({
  type: z.string().min(1).max(64),
  channelId: z.literal('msteams'),
  serviceUrl: z.string().max(2048),
  id: z.string().min(1).max(512).nullish(),
  timestamp: z.string().max(64).nullish(),
  from: account,
  recipient: account,
  conversation,
  text: z.string().nullish(),
  locale: z.string().max(64).nullish(),
  localTimezone: z.string().max(64).nullish(),
  replyToId: z.string().max(512).nullish(),
  name: z.string().max(128).nullish(),
  value: z.unknown().optional(),
  action: z.string().max(64).nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string().nullish() })).nullish(),
  entities: z.array(z.unknown()).nullish(),
  membersAdded: z.array(z.looseObject({ id: z.string() })).nullish(),
  membersRemoved: z.array(z.looseObject({ id: z.string() })).nullish(),
  reactionsAdded: z.array(z.unknown()).nullish(),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id: z.string().max(128) }).nullish(),
      team: z.looseObject({ id: z.string().max(512).nullish() }).nullish(),
      channel: z.looseObject({ id: z.string().max(512).nullish() }).nullish(),
    })
    .nullish(),
});

export type Activity = z.output<typeof activity>;

/** The one tenant that an activity names; null where it names none, or two different ones. */
export function tenantOf({ conversation, channelData }: Activity): string | null {
  const named = [conversation.tenantId, channelData?.tenant?.id].filter(
    (id) => typeof id === 'string' && id !== '',
  );
  const [tenant, ...others] = [...new Set(named.map((id) => id?.toLowerCase()))];
  return tenant === undefined || others.length > 0 ? null : tenant;
}

export type Place = 'personal' | 'groupChat' | 'channel';

export function placeOf({ conversation, channelData }: Activity): Place {
  const type = conversation.conversationType;
  if (type === 'channel' || channelData?.channel) return 'channel';
  return type === 'groupChat' || conversation.isGroup === true ? 'groupChat' : 'personal';
}

const mention = z.looseObject({
  type: z.string().regex(/^mention$/i),
  mentioned: z.looseObject({ id: z.string() }),
  text: z.string().min(1),
});

/**
 * The words without the mention that addressed them to the bot. (The SDK's own way throws at entities that are null
 * or of an unknown shape.)
 */
export function wordsOf({ text, entities, recipient }: Activity): string {
  const mentions = (entities ?? []).flatMap((entity) => {
    const parsed = mention.safeParse(entity);
    return parsed.success && parsed.data.mentioned.id === recipient.id ? [parsed.data.text] : [];
  });
  return mentions.reduce((words, own) => words.replaceAll(own, ' '), text ?? '').trim();
}
