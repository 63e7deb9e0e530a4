import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';

/**
 * The Markdown that flows may use, as a small tree that every channel can render: paragraphs, bold, italic, inline
 * code, links, and flat lists. What is not part of it is an error of the flow's check; at run time it is kept as the
 * plain text it was written as, so that nothing an employee must read is lost.
 */
export type Block =
  | { type: 'paragraph'; of: Inline[] }
  | { type: 'list'; ordered: boolean; start: number; items: Inline[][] };

export type Inline =
  | { type: 'text'; value: string }
  | { type: 'code'; value: string }
  | { type: 'bold'; of: Inline[] }
  | { type: 'italic'; of: Inline[] }
  | { type: 'link'; href: string; of: Inline[] };

/** Something outside the subset; `offset` counts characters from the start of the text. */
export interface MarkdownFault {
  offset: number;
  message: string;
}

export function parseMarkdown(text: string): Block[] {
  return read(text).blocks;
}

export function markdownFaults(text: string): MarkdownFault[] {
  return read(text).faults;
}

/** The same without marks, for notifications, screen readers and search: a paragraph or list item a line. */
export function toPlainText(text: string | readonly Block[]): string {
  const blocks = typeof text === 'string' ? parseMarkdown(text) : text;
  return blocks.flatMap(plainLines).join('\n');
}

function plainLines(block: Block): string[] {
  if (block.type === 'paragraph') return [plainInline(block.of)];
  return block.items.map((item, i) => `${block.ordered ? `${block.start + i}.` : '•'} ${plainInline(item)}`);
}

function plainInline(inlines: readonly Inline[]): string {
  return inlines.map(plainPart).join('');
}

function plainPart(inline: Inline): string {
  if (inline.type === 'text' || inline.type === 'code') return inline.value;
  const words = plainInline(inline.of);
  if (inline.type !== 'link' || words === inline.href) return words;
  return `${words} (${inline.href})`;
}

interface Reading {
  text: string;
  faults: MarkdownFault[];
}

function read(text: string): { blocks: Block[]; faults: MarkdownFault[] } {
  const reading: Reading = { text, faults: [] };
  const blocks = fromMarkdown(text).children.map((node) => readBlock(node, reading));
  return { blocks, faults: reading.faults };
}

function readBlock(node: RootContent, reading: Reading): Block {
  if (node.type === 'paragraph') return { type: 'paragraph', of: readInlines(node.children, reading) };
  if (node.type !== 'list') return { type: 'paragraph', of: [outside(node, reading)] };
  const items = node.children.map((item): Inline[] => {
    const [only, second] = item.children;
    if (second)
      outside(second, reading, 'a list item holds one paragraph: write no list or paragraph inside it');
    if (only?.type === 'paragraph' && !second) return readInlines(only.children, reading);
    if (only && only.type !== 'paragraph') outside(only, reading);
    return [
      { type: 'text', value: oneLine(item.children.map((child) => source(child, reading)).join('\n')) },
    ];
  });
  return { type: 'list', ordered: node.ordered === true, start: node.start ?? 1, items };
}

function readInlines(nodes: readonly PhrasingContent[], reading: Reading): Inline[] {
  return nodes.map((node) => readInline(node, reading));
}

function readInline(node: PhrasingContent, reading: Reading): Inline {
  switch (node.type) {
    case 'text':
      return { type: 'text', value: oneLine(node.value) };
    case 'inlineCode':
      return { type: 'code', value: node.value };
    case 'strong':
      return { type: 'bold', of: readInlines(node.children, reading) };
    case 'emphasis':
      return { type: 'italic', of: readInlines(node.children, reading) };
    case 'link':
      // A template's address is a value from the pinned catalogue; it is looked at again once filled in.
      if (!/^(https:\/\/|mailto:|\{\{)/.test(node.url))
        return outside(node, reading, 'a link leads to an address that begins with "https://" or "mailto:"');
      return { type: 'link', href: node.url, of: readInlines(node.children, reading) };
    default:
      return outside(node, reading);
  }
}

/** Notes a fault and keeps the words as they were written. */
function outside(node: Nodes, reading: Reading, message?: string): Inline {
  const offset = node.position?.start.offset ?? 0;
  reading.faults.push({ offset, message: message ?? `${names[node.type] ?? node.type}: ${allowed}` });
  return { type: 'text', value: oneLine(source(node, reading)) };
}

function source(node: Nodes, { text }: Reading): string {
  return text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

const allowed = 'write only paragraphs, **bold**, *italic*, `code`, [links](https://…) and flat lists';

const names: Partial<Record<Nodes['type'], string>> = {
  heading: 'a heading is not shown by every channel',
  thematicBreak: 'a rule is not shown by every channel',
  blockquote: 'a quotation is not shown by every channel',
  code: 'a code block is not shown by every channel',
  html: 'HTML is not shown by every channel',
  image: 'an image within text is not shown by every channel (use "picture")',
  break: 'a forced line break is not shown by every channel',
  definition: 'a link definition is not shown by every channel',
  linkReference: 'a link reference is not shown by every channel',
  imageReference: 'an image reference is not shown by every channel',
};
