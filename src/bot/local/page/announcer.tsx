import type { ChatState } from './conversation.ts';

/**
 * Reads new and changed messages out, as the one sentence that each has for this. The visible log itself is silent:
 * it would read a card with all its buttons, and after an edit in place the whole card again.
 */
export function Announcer({ news }: { news: ChatState['news'] }) {
  return (
    <div class="unseen" aria-live="polite" aria-relevant="additions">
      {news.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}
