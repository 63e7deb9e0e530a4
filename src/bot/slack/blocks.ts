import type { types } from '@slack/bolt';
import { encodeAction } from '../action.ts';
import type { Input, Message } from '../message.ts';
import { answerRows, buttonElement, buttonRow, plain } from './buttons.ts';
import { limits } from './limits.ts';
import { mrkdwnTexts } from './mrkdwn.ts';
import { clean, clip, escapeMrkdwn, pieces } from './text.ts';

/** How a picture is shown: from an address that Slack can reach, or as a file that was uploaded before. */
export type Shown = { url: string } | { file: string } | null;

/** The block whose button opens a form, and the one that holds the date. */
export const textBlock = 'ask-text';
export const dateBlock = 'ask-date';
export const datePicker = 'date';

/** All blocks of a message, in order; `render.ts` distributes them where they are too many. */
export function blocksOf(message: Message, shown: Shown): types.KnownBlock[] {
  const blocks = [
    ...(message.finished ? [context(`✓ ${escapeMrkdwn(message.finished)}`)] : []),
    ...(message.progress ? [context(progressLine(message.progress))] : []),
    ...titleBlocks(message),
    ...sections(mrkdwnTexts(clean(message.body ?? ''), limits.section)),
    ...(message.picture ? [pictureBlock(message.picture.alt, shown)] : []),
    ...fieldBlocks(message.fields),
    ...choiceBlocks(message.choices),
    ...(message.input ? inputBlocks(message.input) : []),
    ...buttonRow(message.buttons),
    ...(message.note ? [context(escapeMrkdwn(message.note))] : []),
  ];
  const speaks = blocks.some((b) => b.type !== 'actions');
  return speaks ? blocks : [...sections(escaped(message.summary)), ...blocks];
}

/** The words first: a screen reader reads them before the bar, which only repeats them. */
function progressLine({ step, of, text }: NonNullable<Message['progress']>): string {
  const width = 10;
  const done = of > 0 ? Math.max(0, Math.min(width, Math.round((step / of) * width))) : 0;
  return `${escapeMrkdwn(text)}  ${'▰'.repeat(done)}${'▱'.repeat(width - done)}`;
}

function titleBlocks({ title, tone }: Message): types.KnownBlock[] {
  const text = clean(title ?? '').trim();
  if (text === '') return [];
  const marked = tone === 'warning' ? `⚠️ ${text}` : text;
  if (marked.length <= limits.header) return [{ type: 'header', text: plain(marked, limits.header) }];
  return sections(escaped(marked));
}

function sections(texts: readonly string[]): types.SectionBlock[] {
  return texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } }));
}

/** Plain text for sections: an escaped character takes up to five. */
function escaped(text: string): string[] {
  const texts = [...pieces(clean(text), limits.section / 5)].map((p) => escapeMrkdwn(p).trim());
  return texts.filter((t) => t !== '');
}

/** Cutting may fall into an entity, which would then show as letters: the half is cut off too. */
function context(text: string): types.ContextBlock {
  const fits = clip(clean(text), limits.contextText).replace(/&[a-z]*…$/, '…');
  return { type: 'context', elements: [{ type: 'mrkdwn', text: fits.trim() || '…' }] };
}

function pictureBlock(alt: string, shown: Shown): types.KnownBlock {
  const alt_text = clip(clean(alt), limits.altText) || 'Picture';
  if (shown === null) return context(`Picture: ${escapeMrkdwn(alt)}`);
  if ('url' in shown) return { type: 'image', image_url: shown.url, alt_text };
  return { type: 'image', slack_file: { id: shown.file }, alt_text };
}

function fieldBlocks(fields: Message['fields']): types.SectionBlock[] {
  const blocks: types.SectionBlock[] = [];
  for (const { label, value } of fields) {
    const text = `*${escapeMrkdwn(clean(label)).trim() || '…'}*\n${escapeMrkdwn(clean(value)).trim() || '–'}`;
    const last = blocks.at(-1);
    if (text.length > limits.field) blocks.push(...sections(escaped(`${label}: ${value}`)));
    else if (last?.fields && last.fields.length < limits.fields) last.fields.push({ type: 'mrkdwn', text });
    else blocks.push({ type: 'section', fields: [{ type: 'mrkdwn', text }] });
  }
  return blocks;
}

function choiceBlocks(choices: Message['choices']): types.KnownBlock[] {
  if (!choices) return [];
  return [...sections(escaped(choices.prompt)), ...answerRows(choices.options)];
}

/** A date is picked in the message; a text is written in a form that the button opens (`modal.ts`). */
function inputBlocks(input: Input): types.KnownBlock[] {
  if (input.kind === 'text') {
    const { label, placeholder, submit } = input;
    const form = {
      label: clip(label, 300),
      ...(placeholder && { placeholder: clip(placeholder, 150) }),
      submit: clip(submit, 24),
    };
    const button = buttonElement({
      action: input.action,
      label: clip(label, limits.buttonText),
      style: 'plain',
    });
    return [{ type: 'actions', block_id: textBlock, elements: [{ ...button, value: JSON.stringify(form) }] }];
  }
  const placeholder = plain(input.placeholder ?? 'Choose a date', limits.placeholder);
  return [
    ...sections(escaped(input.label)),
    {
      type: 'actions',
      block_id: dateBlock,
      elements: [
        { type: 'datepicker', action_id: datePicker, placeholder },
        {
          type: 'button',
          action_id: encodeAction(input.action),
          text: plain(input.submit, limits.buttonText),
          style: 'primary',
        },
      ],
    },
  ];
}
