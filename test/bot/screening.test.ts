import { describe, expect, it } from 'vitest';
import { maybeSecret } from '../../src/bot/screening.ts';
import { corpus, harmless } from '../support/secret-corpus.ts';

describe('the screen for secrets', () => {
  it.each(corpus)('withholds $typed', ({ typed }) => expect(maybeSecret(typed)).toBe(true));

  it.each(corpus)('withholds it between other lines: $typed', ({ typed }) =>
    expect(maybeSecret(`I don't know what to do.\n\n${typed}\n\nWhat now?`)).toBe(true),
  );

  it.each(harmless)('lets %s through', (text) => expect(maybeSecret(text)).toBe(false));

  it('lets what employees ask through when they ask it all at once', () => {
    // Alone some of them are short; a text of many sentences must not become a secret by its length.
    const lines = harmless.filter((text) => text.includes(' '));
    expect(maybeSecret(lines.join('\n'))).toBe(false);
  });
});
