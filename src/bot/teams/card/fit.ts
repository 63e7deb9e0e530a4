import type { Message } from '../../message.ts';
import { type Rendering, renderCard } from './render.ts';
import { type AdaptiveCard, adaptiveCard } from './schema.ts';

/** Teams takes some 28 KB for a message with all its envelope; 25 KB for the card keeps clear of that. */
export const largestCard = 25 * 1024;

export interface FittedCard {
  card: AdaptiveCard;
  /** Words were left out so that it fits. */
  shortened: boolean;
}

/** Texts are cut to these lengths, one after the other, until the card fits. */
const lengths = [8000, 4000, 2000, 1000, 400, 120];
const cut = ' … (shortened)';

/**
 * The card, valid and small enough. What is too long is shortened, never refused: the longest texts first, and the
 * buttons stay whatever happens.
 * @throws {Error} where even the shortest form is no valid card: a fault of the program
 */
export function fitCard(message: Message, rendering: Rendering, limit: number = largestCard): FittedCard {
  const whole = adaptiveCard.parse(renderCard(message, rendering));
  if (bytes(whole) <= limit) return { card: whole, shortened: false };
  for (const length of lengths) {
    const card = adaptiveCard.parse(renderCard(shorten(message, length), rendering));
    if (bytes(card) <= limit) return { card, shortened: true };
  }
  const bare = shorten({ ...message, fields: [], picture: undefined, note: undefined }, 120);
  return { card: adaptiveCard.parse(renderCard(bare, rendering)), shortened: true };
}

export function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function shorten(message: Message, length: number): Message {
  const text = (words: string) => clip(words, length);
  return {
    ...message,
    summary: text(message.summary),
    ...(message.title !== undefined && { title: clip(message.title, Math.min(length, 300)) }),
    ...(message.body !== undefined && { body: text(message.body) }),
    ...(message.note !== undefined && { note: text(message.note) }),
    ...(message.finished !== undefined && { finished: clip(message.finished, Math.min(length, 300)) }),
    ...(message.picture && { picture: { ...message.picture, alt: text(message.picture.alt) } }),
    fields: message.fields
      .slice(0, Math.max(4, Math.floor(length / 100)))
      .map((field) => ({ label: clip(field.label, 80), value: clip(field.value, Math.min(length, 400)) })),
  };
}

/** At a word's end where there is one near; never through the middle of a character. */
function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const room = Math.max(length - cut.length, 1);
  const head = Array.from(text.slice(0, room + 1))
    .slice(0, -1)
    .join('');
  const space = head.lastIndexOf(' ');
  return `${(space > room / 2 ? head.slice(0, space) : head).trimEnd()}${cut}`;
}
