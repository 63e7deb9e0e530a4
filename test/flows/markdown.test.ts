import { describe, expect, it } from 'vitest';
import { markdownFaults, parseMarkdown, toPlainText } from '../../src/flows/markdown.ts';

describe('the Markdown subset', () => {
  it('knows paragraphs, bold, italic, code, links and lists', () => {
    const text =
      'Click **here** and *there*,\n`code`: [site](https://example.com)\n\n3. one\n4. two\n\n- **x**';
    expect(parseMarkdown(text)).toEqual([
      {
        type: 'paragraph',
        of: [
          { type: 'text', value: 'Click ' },
          { type: 'bold', of: [{ type: 'text', value: 'here' }] },
          { type: 'text', value: ' and ' },
          { type: 'italic', of: [{ type: 'text', value: 'there' }] },
          { type: 'text', value: ', ' },
          { type: 'code', value: 'code' },
          { type: 'text', value: ': ' },
          { type: 'link', href: 'https://example.com', of: [{ type: 'text', value: 'site' }] },
        ],
      },
      {
        type: 'list',
        ordered: true,
        start: 3,
        items: [[{ type: 'text', value: 'one' }], [{ type: 'text', value: 'two' }]],
      },
      {
        type: 'list',
        ordered: false,
        start: 1,
        items: [[{ type: 'bold', of: [{ type: 'text', value: 'x' }] }]],
      },
    ]);
    expect(markdownFaults(text)).toEqual([]);
  });

  it.each([
    ['a heading', 'x\n\n# y', 3],
    ['HTML', 'x <b>', 2],
    ['a block of HTML', '<div>', 0],
    ['an image', '![x](https://example.com/x.png)', 0],
    ['a quotation', '> x', 0],
    ['a code block', '```\nx\n```', 0],
    ['a rule', '---', 0],
    ['a forced break', 'x  \ny', 1],
    ['a list within a list', '- x\n  - y', 6],
    ['a link to a script', 'a [x](javascript:alert(1))', 2],
    ['a link without encryption', '[x](http://example.com)', 0],
  ])('tells of %s, and where', (_, text, offset) => {
    expect(markdownFaults(text)[0]?.offset).toBe(offset);
  });

  it('keeps the words of what it does not know, and never as a link', () => {
    const tree = parseMarkdown('Go [there](javascript:x) <b>now</b>\n\n# Title');
    expect(JSON.stringify(tree)).not.toContain('"link"');
    expect(toPlainText(tree)).toBe('Go [there](javascript:x) <b>now</b>\n# Title');
  });

  it('says the same in plain text', () => {
    expect(toPlainText('Go **on**: [site](https://x.org)\n\n1. a\n2. `b`\n\n- c')).toBe(
      'Go on: site (https://x.org)\n1. a\n2. b\n• c',
    );
    expect(toPlainText('<https://x.org>')).toBe('https://x.org');
  });
});
