import type { ComponentChildren } from 'preact';
import { type Block, type Inline, parseMarkdown } from '../../../flows/markdown.ts';

/** A text in the flows' Markdown. It becomes elements and text, never HTML. `heading`: the focus may rest on it. */
export function Prose({ text, heading = false }: { text: string; heading?: boolean }) {
  return (
    <div class="prose" {...(heading && { 'data-heading': true, tabIndex: -1 })}>
      {parseMarkdown(text).map((block, i) => (
        <OneBlock key={i} block={block} />
      ))}
    </div>
  );
}

function OneBlock({ block }: { block: Block }) {
  if (block.type === 'paragraph') return <p>{inlines(block.of)}</p>;
  const items = block.items.map((item, i) => <li key={i}>{inlines(item)}</li>);
  return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
}

function inlines(all: readonly Inline[]): ComponentChildren {
  return all.map((one, i) => <OneInline key={i} one={one} />);
}

function OneInline({ one }: { one: Inline }) {
  switch (one.type) {
    case 'text':
      return <>{one.value}</>;
    case 'code':
      return <code>{one.value}</code>;
    case 'bold':
      return <strong>{inlines(one.of)}</strong>;
    case 'italic':
      return <em>{inlines(one.of)}</em>;
    case 'link':
      return <Link href={one.href}>{inlines(one.of)}</Link>;
  }
}

/** Only what leads to a web page or a mail becomes a link; anything else stays words. */
function Link({ href, children }: { href: string; children: ComponentChildren }) {
  if (href.startsWith('mailto:')) return <a href={href}>{children}</a>;
  if (!href.startsWith('https://')) return <>{children}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="unseen"> (opens a new tab)</span>
    </a>
  );
}
