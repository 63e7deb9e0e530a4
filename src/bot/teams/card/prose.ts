import { type Block, type Inline, parseMarkdown } from '../../../flows/markdown.ts';
import { remembered } from '../remembered.ts';
import type { Leaf, TextRun } from './schema.ts';

/**
 * The flows' Markdown as rich text. Runs carry their look as properties, so no word of a step can turn into markup in
 * a client that reads Markdown its own way (file names are full of underscores).
 */
export const prose: (text: string) => Leaf[] = remembered(
  (text) => parseMarkdown(text).flatMap((block, i) => blockElements(block, i === 0)),
  500,
);

function blockElements(block: Block, first: boolean): Leaf[] {
  if (block.type === 'paragraph') return rich(runs(block.of), first ? 'default' : 'medium');
  return block.items.flatMap((item, i) => {
    const mark = block.ordered ? `${block.start + i}. ` : '• ';
    const spacing = i > 0 ? 'small' : first ? 'default' : 'medium';
    return rich([{ type: 'TextRun', text: mark }, ...runs(item)], spacing);
  });
}

function rich(inlines: TextRun[], spacing: 'default' | 'medium' | 'small'): Leaf[] {
  return inlines.length === 0 ? [] : [{ type: 'RichTextBlock', spacing, inlines }];
}

type Look = Pick<TextRun, 'weight' | 'italic' | 'selectAction'>;

function runs(inlines: readonly Inline[], look: Look = {}): TextRun[] {
  return inlines.flatMap((inline) => run(inline, look));
}

function run(inline: Inline, look: Look): TextRun[] {
  switch (inline.type) {
    case 'text':
      return inline.value === '' ? [] : [{ type: 'TextRun', text: inline.value, ...look }];
    case 'code':
      return inline.value === ''
        ? []
        : [{ type: 'TextRun', text: inline.value, fontType: 'monospace', ...look }];
    case 'bold':
      return runs(inline.of, { ...look, weight: 'bolder' });
    case 'italic':
      return runs(inline.of, { ...look, italic: true });
    case 'link':
      return runs(inline.of, look).map((part) => linked(part, inline.href));
  }
}

function linked(part: TextRun, href: string): TextRun {
  if (!/^(https?|mailto):/.test(href) || !URL.canParse(href)) return part;
  return { ...part, selectAction: { type: 'Action.OpenUrl', title: part.text, url: href } };
}
