import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mrkdwnTexts } from '../../../src/bot/slack/mrkdwn.ts';
import { clean, clip, pieces, typedText } from '../../../src/bot/slack/text.ts';

const one = (markdown: string) => mrkdwnTexts(markdown, 3000).join('|');

describe('Markdown as mrkdwn', () => {
  test.each([
    ['Click **Restart** *now*', 'Click *Restart* _now_'],
    ['Open `OpenSC-0.26.1_win64.msi`', 'Open `OpenSC-0.26.1_win64.msi`'],
    ['[IdenTrust](https://www.identrust.com/install)', '<https://www.identrust.com/install|IdenTrust>'],
    ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['[a|b](https://a.example/?q=1|2)', '<https://a.example/?q=1%7C2|a¦b>'],
    ['- one\n- **two**', '• one\n• *two*'],
    ['1. one\n2. two', '1. one\n2. two'],
    ['First.\n\nSecond.', 'First.\n\nSecond.'],
    ['# Title\n\ntext', '# Title\n\ntext'],
    ['> said', '&gt; said'],
    ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
    ['<!channel> and <@U1>', '&lt;!channel&gt; and &lt;@U1&gt;'],
  ])('%s', (markdown, expected) => {
    expect(one(markdown)).toBe(expected);
  });

  test('is cut between paragraphs where it can be, and keeps every word', () => {
    const paragraphs = Array.from(
      { length: 30 },
      (_, i) => `Paragraph ${i} ${'and so on '.repeat(10)}**end${i}**.`,
    );
    const texts = mrkdwnTexts(paragraphs.join('\n\n'), 500);
    expect(texts.every((t) => t.length <= 500 && t.startsWith('Paragraph'))).toBe(true);
    expect(texts.join(' ').match(/\*end\d+\*/g)).toHaveLength(30);
  });

  test('bold text that is too long to stay together loses its marks, not its words', () => {
    const words = Array.from({ length: 300 }, (_, i) => `w${i}`).join(' ');
    const texts = mrkdwnTexts(`**${words}**`, 400);
    expect(texts.join(' ').match(/w\d+/g)).toEqual(words.split(' '));
    expect(texts.join('')).not.toContain('*');
  });

  test('no text is ever longer than asked, and no character or entity is broken', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3000 }),
        fc.integer({ min: 20, max: 400 }),
        (text, max) => {
          for (const part of mrkdwnTexts(clean(text), max)) {
            expect(part.length).toBeLessThanOrEqual(max);
            expect(part.isWellFormed()).toBe(true);
            expect(part.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
          }
        },
      ),
    );
  });
});

describe('text', () => {
  test('what a person typed comes back as they typed it', () => {
    expect(
      typedText('pass&amp;word &lt;3 <https://a.example|a.example> <mailto:a@b.example|a@b.example> <@U1>'),
    ).toBe('pass&word <3 a.example a@b.example <@U1>');
  });

  test('clipping never leaves half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (text, max) => {
          expect(clip(text, max).length).toBeLessThanOrEqual(max);
          expect(clip(text, max).isWellFormed()).toBe(true);
        },
      ),
    );
  });

  test('pieces together are the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 2, max: 50 }), (text, max) => {
        expect([...pieces(text, max)].join('')).toBe(text);
      }),
    );
  });
});
