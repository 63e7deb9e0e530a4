import type { webApi } from '@slack/bolt';
import { z } from 'zod';

const eventType = 'ecadesk_message';

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
        .optional(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Marks a message with its outbox id, so that it can be found again when the answer to its posting was lost. */
export function mark(id: string, part: number) {
  return { event_type: eventType, event_payload: { id, part } };
}

/** Messages go out in order, one conversation at a time: what was sent last is among the latest. */
const pages = 3;

/**
 * The parts of a message that did arrive, by their number, with Slack's `ts` of each. Slack has no idempotency key.
 * @param thread where the message is a reply: its parent's `ts`
 */
export async function findParts(
  client: webApi.WebClient,
  channel: string,
  id: string,
  thread?: string,
): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  let cursor = '';
  for (let n = 0; n < pages; n++) {
    const query = { channel, include_all_metadata: true, limit: 200, ...(cursor && { cursor }) };
    const answer = page.parse(
      thread === undefined
        ? await client.conversations.history(query)
        : await client.conversations.replies({ ...query, ts: thread }),
    );
    for (const { ts, metadata } of answer.messages) {
      const part = metadata?.event_payload.part;
      if (metadata?.event_type === eventType && metadata.event_payload.id === id && typeof part === 'number')
        found.set(part, ts);
    }
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (found.size > 0 || cursor === '') break;
  }
  return found;
}
