import { z } from 'zod';

/**
 * The part of the Adaptive Cards 1.5 schema that this product writes, strictly: an unknown property or element is
 * an error, as it is in `schemas/1.5.0/adaptive-card.json`. Every card passes it before it is sent.
 */

const size = z.enum(['small', 'default', 'medium', 'large', 'extraLarge']);
const weight = z.enum(['lighter', 'default', 'bolder']);
const color = z.enum(['default', 'accent', 'good', 'warning', 'attention']);
const spacing = z.enum(['none', 'small', 'default', 'medium', 'large', 'extraLarge', 'padding']);
const containerStyle = z.enum(['default', 'emphasis', 'good', 'attention', 'warning', 'accent']);
const words = z.string().min(1);
const address = z.url({ protocol: /^(https?|data|mailto)$/ });

/** What every element may have. */
const base = {
  id: words.optional(),
  spacing: spacing.optional(),
  separator: z.boolean().optional(),
  isVisible: z.boolean().optional(),
};

const openUrl = z.strictObject({ type: z.literal('Action.OpenUrl'), title: words, url: address });
const toggle = z.strictObject({
  type: z.literal('Action.ToggleVisibility'),
  title: words,
  style: z.enum(['default', 'positive', 'destructive']).optional(),
  targetElements: z.array(words).min(1),
});

/** Ids only: a verb, and the action in words that `bot/action.ts` reads back. */
const data = z.strictObject({ action: words });
const submit = z.strictObject({ type: z.literal('Action.Submit'), title: words, data });
const execute = z.strictObject({
  type: z.literal('Action.Execute'),
  title: words,
  verb: z.string().regex(/^[a-z-]{1,32}$/),
  data,
  style: z.enum(['default', 'positive', 'destructive']).optional(),
  associatedInputs: z.enum(['auto', 'none']),
  /** For clients that do not know Action.Execute. */
  fallback: submit,
});
const cardAction = z.discriminatedUnion('type', [execute, toggle, openUrl]);

const textBlock = z.strictObject({
  type: z.literal('TextBlock'),
  ...base,
  text: words,
  wrap: z.boolean(),
  size: size.optional(),
  weight: weight.optional(),
  color: color.optional(),
  isSubtle: z.boolean().optional(),
  style: z.enum(['default', 'heading']).optional(),
});

const textRun = z.strictObject({
  type: z.literal('TextRun'),
  text: words,
  weight: weight.optional(),
  italic: z.boolean().optional(),
  fontType: z.enum(['default', 'monospace']).optional(),
  isSubtle: z.boolean().optional(),
  selectAction: openUrl.optional(),
});
const richTextBlock = z.strictObject({
  type: z.literal('RichTextBlock'),
  ...base,
  inlines: z.array(textRun).min(1),
});

const image = z.strictObject({
  type: z.literal('Image'),
  ...base,
  url: address,
  altText: words,
  size: z.enum(['auto', 'stretch', 'small', 'medium', 'large']).optional(),
});

const factSet = z.strictObject({
  type: z.literal('FactSet'),
  ...base,
  facts: z.array(z.strictObject({ title: words, value: words })).min(1),
});

const actionSet = z.strictObject({
  type: z.literal('ActionSet'),
  ...base,
  actions: z.array(cardAction).min(1).max(6),
});

const inputDate = z.strictObject({
  type: z.literal('Input.Date'),
  ...base,
  label: words,
  max: z.iso.date().optional(),
  placeholder: words.optional(),
  isRequired: z.boolean(),
  errorMessage: words,
});
const inputText = z.strictObject({
  type: z.literal('Input.Text'),
  ...base,
  label: words,
  placeholder: words.optional(),
  maxLength: z.number().int().positive(),
  isRequired: z.boolean(),
  errorMessage: words,
});

const leaf = z.discriminatedUnion('type', [
  textBlock,
  richTextBlock,
  image,
  factSet,
  actionSet,
  inputDate,
  inputText,
]);
const container = z.strictObject({
  type: z.literal('Container'),
  ...base,
  style: containerStyle.optional(),
  items: z.array(leaf).min(1),
});
const element = z.discriminatedUnion('type', [...leaf.options, container]);

export const adaptiveCard = z.strictObject({
  type: z.literal('AdaptiveCard'),
  $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
  version: z.literal('1.5'),
  fallbackText: words,
  speak: words,
  body: z.array(element).min(1),
});

export type AdaptiveCard = z.output<typeof adaptiveCard>;
export type Element = z.output<typeof element>;
export type Leaf = z.output<typeof leaf>;
export type CardAction = z.output<typeof cardAction>;
export type ExecuteAction = z.output<typeof execute>;
export type TextRun = z.output<typeof textRun>;
