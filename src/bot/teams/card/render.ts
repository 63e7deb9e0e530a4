import { toPlainText } from '../../../flows/markdown.ts';
import type { Message } from '../../message.ts';
import { remembered } from '../remembered.ts';
import { buttonRows, inputElements } from './actions.ts';
import { progressBar } from './bar.ts';
import { prose } from './prose.ts';
import type { AdaptiveCard, Element } from './schema.ts';

export interface Rendering {
  /** The address where a flow's picture can be seen from outside; null: nowhere, so its words take its place. */
  pictureUrl: (file: string) => string | null;
}

/** A message as an Adaptive Card 1.5. Pure; its size is looked at by `fit.ts`. */
export function renderCard(message: Message, { pictureUrl }: Rendering): AdaptiveCard {
  const body: Element[] = [
    ...finished(message),
    ...progress(message),
    ...title(message),
    ...(message.body ? prose(message.body) : []),
    ...picture(message, pictureUrl),
    ...facts(message),
    ...choices(message),
    ...(message.input ? inputElements(message.input) : []),
    ...buttonRows(message.buttons, 'ask'),
    ...note(message),
  ];
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: fallbackText(message),
    speak: message.summary,
    body: body.length > 0 ? body : [{ type: 'TextBlock', text: message.summary, wrap: true }],
  };
}

const plainText = remembered(toPlainText, 500);

/** All that must be read, for a client that cannot show the card. */
function fallbackText(message: Message): string {
  const parts = [
    message.progress?.text,
    message.title,
    message.body && plainText(message.body),
    message.picture?.alt,
  ];
  const text = parts.filter((part) => part !== undefined && part !== '').join('\n\n');
  return text === '' ? message.summary : text;
}

function finished({ finished: line }: Message): Element[] {
  return line ? [{ type: 'TextBlock', text: `✓ ${line}`, wrap: true, isSubtle: true }] : [];
}

/** The words say it; the bar repeats it for the eye. */
function progress({ progress: at }: Message): Element[] {
  if (!at) return [];
  const words: Element = { type: 'TextBlock', text: at.text, wrap: true, isSubtle: true, size: 'small' };
  if (at.of < 1) return [words];
  const url = progressBar(at.step / at.of);
  return [
    words,
    { type: 'Image', url, altText: `${at.step} of ${at.of}`, size: 'stretch', spacing: 'small' },
  ];
}

const tones = {
  step: { color: 'default', mark: '' },
  info: { color: 'default', mark: '' },
  staff: { color: 'default', mark: '' },
  warning: { color: 'warning', mark: '⚠ ' },
  success: { color: 'good', mark: '✓ ' },
} as const;

function title({ title: words, tone }: Message): Element[] {
  if (!words) return [];
  const { color, mark } = tones[tone];
  return [
    {
      type: 'TextBlock',
      text: `${mark}${words}`,
      wrap: true,
      size: 'large',
      weight: 'bolder',
      style: 'heading',
      color,
    },
  ];
}

function picture({ picture: shown }: Message, pictureUrl: Rendering['pictureUrl']): Element[] {
  if (!shown) return [];
  const url = pictureUrl(shown.file);
  if (url === null)
    return [{ type: 'TextBlock', text: `What you will see: ${shown.alt}`, wrap: true, isSubtle: true }];
  return [{ type: 'Image', url, altText: shown.alt, size: 'stretch', spacing: 'medium' }];
}

function facts({ fields }: Message): Element[] {
  const given = fields.filter((field) => field.label !== '' && field.value !== '');
  if (given.length === 0) return [];
  return [{ type: 'FactSet', facts: given.map((field) => ({ title: field.label, value: field.value })) }];
}

/** One answer a row: labels are whole sentences in the person's own words. */
function choices({ choices: asked }: Message): Element[] {
  if (!asked) return [];
  return [
    { type: 'TextBlock', text: asked.prompt, wrap: true, weight: 'bolder', spacing: 'medium' },
    ...buttonRows(asked.options, 'choice', 1),
  ];
}

function note({ note: small }: Message): Element[] {
  return small
    ? [{ type: 'TextBlock', text: small, wrap: true, isSubtle: true, size: 'small', separator: true }]
    : [];
}
