import type { ListItem, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { escapeMrkdwn, pieces } from './text.ts';

/**
 * Markdown as Slack's mrkdwn, in texts of at most `max` characters each. Cut between paragraphs and list items
 * where possible, else between words; never inside a link, an entity or a character.
 */
export function mrkdwnTexts(markdown: string, max: number): string[] {
  const paragraphs = fromMarkdown(markdown).children.flatMap((node) => paragraphsOf(node, ''));
  return pack(paragraphs, max);
}

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

function paragraphsOf(block: RootContent, indent: string): Paragraph[] {
  switch (block.type) {
    case 'paragraph':
      return [{ units: units(block.children), tight: false }];
    case 'heading':
      return [{ units: [marked(block.children, '*')], tight: false }];
    case 'code':
      return [{ units: fenced(block.value), tight: false }];
    case 'blockquote':
      return block.children.flatMap((child) => prefixed(paragraphsOf(child, ''), '> '));
    case 'list':
      return block.children.flatMap((item, i) =>
        listItem(item, indent, block.ordered ? `${(block.start ?? 1) + i}. ` : '• ', i > 0 || indent !== ''),
      );
    case 'thematicBreak':
      return [{ units: [unit('———')], tight: false }];
    case 'html':
      return [{ units: words(block.value), tight: false }];
    default:
      return [];
  }
}

function listItem(item: ListItem, indent: string, bullet: string, tight: boolean): Paragraph[] {
  const [first, ...rest] = item.children.flatMap((child) => paragraphsOf(child, `${indent}    `));
  if (!first) return [];
  return [
    { units: [unit(indent + bullet), ...first.units], tight },
    ...rest.map((p) => ({ ...p, tight: true })),
  ];
}

function prefixed(paragraphs: Paragraph[], prefix: string): Paragraph[] {
  return paragraphs.map((p) => ({ ...p, units: [unit(prefix), ...p.units] }));
}

function units(nodes: PhrasingContent[]): Unit[] {
  return nodes.flatMap((node): Unit[] => {
    switch (node.type) {
      case 'text':
      case 'html':
        return words(node.value);
      case 'strong':
        return [marked(node.children, '*')];
      case 'emphasis':
        return [marked(node.children, '_')];
      case 'delete':
        return [marked(node.children, '~')];
      case 'inlineCode':
        return [{ text: `\`${escapeMrkdwn(node.value)}\``, plain: node.value }];
      case 'break':
        return [unit('\n')];
      case 'link':
        return [link(node.url, plainText(node.children))];
      case 'image':
        return words(node.alt ?? '');
      default:
        return [];
    }
  });
}

function marked(children: PhrasingContent[], mark: string): Unit {
  const inner = units(children);
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

function plainText(nodes: PhrasingContent[]): string {
  return units(nodes)
    .map((u) => u.plain)
    .join('');
}

/** A block of code, in parts small enough that each can be a fence of its own. */
function fenced(value: string): Unit[] {
  return [...pieces(value, 500)].map((part) => ({ text: `\`\`\`${escapeMrkdwn(part)}\`\`\``, plain: part }));
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
