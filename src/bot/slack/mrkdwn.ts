import { type Block, type Inline, parseMarkdown } from '../../flows/markdown.ts';
import { escapeMrkdwn, pieces } from './text.ts';

/**
 * Markdown as Slack's mrkdwn, in texts of at most `max` characters each. Cut between paragraphs and list items
 * where possible, else between words; never inside a link, an entity or a character.
 */
export function mrkdwnTexts(markdown: string, max: number): readonly string[] {
  const key = `${max} ${markdown}`;
  const known = kept.get(key);
  if (known) return known;
  const texts = pack(parseMarkdown(markdown).flatMap(paragraphsOf), max);
  if (kept.size >= most) kept.clear();
  kept.set(key, texts);
  return texts;
}

/** A flow has some dozens of texts, which everybody is shown. */
const kept = new Map<string, readonly string[]>();
const most = 500;

/** A paragraph: what must stay together is one unit. `tight` follows the last one without an empty line. */
interface Paragraph {
  units: Unit[];
  tight: boolean;
}

/** `text` in mrkdwn; `plain` is the same without marks, for when it is too long to stay together. */
interface Unit {
  text: string;
  plain: string;
}

function paragraphsOf(block: Block): Paragraph[] {
  if (block.type === 'paragraph') return [{ units: units(block.of), tight: false }];
  return block.items.map((item, i) => {
    const bullet = block.ordered ? `${block.start + i}. ` : '• ';
    return { units: [unit(bullet), ...units(item)], tight: i > 0 };
  });
}

function units(inlines: readonly Inline[]): Unit[] {
  return inlines.flatMap((inline): Unit[] => {
    switch (inline.type) {
      case 'text':
        return words(inline.value);
      case 'code':
        return [{ text: `\`${escapeMrkdwn(inline.value)}\``, plain: inline.value }];
      case 'bold':
        return [marked(inline.of, '*')];
      case 'italic':
        return [marked(inline.of, '_')];
      case 'link':
        return [link(inline.href, plainText(inline.of))];
      default:
        return inline satisfies never;
    }
  });
}

function marked(inlines: readonly Inline[], mark: string): Unit {
  const inner = units(inlines);
  return {
    text: `${mark}${inner.map((u) => u.text).join('')}${mark}`,
    plain: inner.map((u) => u.plain).join(''),
  };
}

/** Only addresses that open in a browser or mail program; `|` and `>` would end Slack's link early. */
function link(url: string, shown: string): Unit {
  const plain = shown === '' ? url : shown;
  if (!/^(https?|mailto):/i.test(url)) return { text: escapeMrkdwn(plain), plain };
  const address = escapeMrkdwn(url.replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C'));
  return { text: `<${address}|${escapeMrkdwn(plain.replaceAll('|', '¦'))}>`, plain };
}

function plainText(inlines: readonly Inline[]): string {
  return units(inlines)
    .map((u) => u.plain)
    .join('');
}

const words = (text: string): Unit[] => (text.match(/\s+|[^\s]+\s?/g) ?? []).map(unit);

const unit = (plain: string): Unit => ({ text: escapeMrkdwn(plain), plain });

function pack(paragraphs: Paragraph[], max: number): string[] {
  const texts: string[] = [];
  let open = '';
  const close = () => {
    if (open.trim() !== '') texts.push(open.trimEnd());
    open = '';
  };
  for (const paragraph of paragraphs) {
    const parts = paragraph.units.flatMap((u) => fitting(u, max));
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const gap = open === '' ? '' : paragraph.tight ? '\n' : '\n\n';
    if (open.length + gap.length + length <= max) open += gap + parts.join('');
    else {
      close();
      for (const part of parts) {
        if (open.length + part.length > max) close();
        open += part;
      }
    }
  }
  close();
  return texts;
}

/** A unit as it is, or, where it alone is too long, its plain text in parts. An escaped character is up to five long. */
function fitting(u: Unit, max: number): string[] {
  if (u.text.length <= max) return [u.text];
  return [...pieces(u.plain, Math.floor(max / 5))].map(escapeMrkdwn);
}
