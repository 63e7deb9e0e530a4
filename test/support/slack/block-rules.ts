import { z } from 'zod';

/**
 * What Slack takes as blocks, written from its reference and not from the product's own checker, so that one can
 * find the other wrong. Unknown fields are refused as Slack refuses them.
 */

const text = (max: number) => z.string().min(1).max(max);
const plainText = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(max), emoji: z.boolean().optional() });
const mrkdwn = (max: number) => z.strictObject({ type: z.literal('mrkdwn'), text: text(max) });
const anyText = (max: number) => z.discriminatedUnion('type', [plainText(max), mrkdwn(max)]);
const actionId = text(255).optional();
const blockId = text(255).optional();

const confirm = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
});

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: actionId,
  value: text(2000).optional(),
  url: text(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: confirm.optional(),
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: actionId,
  options: z
    .array(z.strictObject({ text: plainText(75), value: text(150) }))
    .min(1)
    .max(5),
  confirm: confirm.optional(),
});

const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  action_id: actionId,
  placeholder: plainText(150).optional(),
  initial_date: z.iso.date().optional(),
  confirm: confirm.optional(),
});

const typed = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: actionId,
  placeholder: plainText(150).optional(),
  multiline: z.boolean().optional(),
  max_length: z.int().min(1).max(3000).optional(),
});

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id: blockId,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: z.discriminatedUnion('type', [button, overflow, datepicker]).optional(),
  })
  .refine((s) => s.text || s.fields, 'a section needs text or fields');

const block = z.discriminatedUnion('type', [
  section,
  z.strictObject({ type: z.literal('header'), block_id: blockId, text: plainText(150) }),
  z.strictObject({ type: z.literal('divider'), block_id: blockId }),
  z.strictObject({
    type: z.literal('context'),
    block_id: blockId,
    elements: z.array(anyText(2000)).min(1).max(10),
  }),
  z
    .strictObject({
      type: z.literal('image'),
      block_id: blockId,
      alt_text: text(2000),
      image_url: z
        .url({ protocol: /^https?$/ })
        .max(3000)
        .optional(),
      slack_file: z.strictObject({ id: text(100) }).optional(),
    })
    .refine(
      (i) => (i.image_url === undefined) !== (i.slack_file === undefined),
      'one of image_url, slack_file',
    ),
  z
    .strictObject({
      type: z.literal('actions'),
      block_id: blockId,
      elements: z
        .array(z.discriminatedUnion('type', [button, overflow, datepicker]))
        .min(1)
        .max(25),
    })
    .refine(
      (a) => new Set(a.elements.map((e) => e.action_id)).size === a.elements.length,
      'action_id not unique',
    ),
  z.strictObject({
    type: z.literal('input'),
    block_id: blockId,
    label: plainText(2000),
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: z.discriminatedUnion('type', [typed, datepicker]),
  }),
]);

const uniqueIds = (blocks: { block_id?: string | undefined }[]) => {
  const ids = blocks.flatMap((b) => b.block_id ?? []);
  return new Set(ids).size === ids.length;
};

export const messageBlocks = z.array(block).min(1).max(50).refine(uniqueIds, 'block_id not unique');
export const viewBlocks = z.array(block).min(1).max(100).refine(uniqueIds, 'block_id not unique');

/** Over this many characters of text Slack answered `msg_blocks_too_long` (bolt-js, issue 2867). */
export const mostTextInMessage = 11_300;

export const view = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('home'),
    blocks: viewBlocks,
    private_metadata: z.string().max(3000).optional(),
    callback_id: text(255).optional(),
  }),
  z.strictObject({
    type: z.literal('modal'),
    title: plainText(24),
    blocks: viewBlocks,
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    private_metadata: z.string().max(3000).optional(),
    callback_id: text(255).optional(),
  }),
]);

export type Block = z.output<typeof block>;
export type View = z.output<typeof view>;

/** The characters that count towards a message's length: every `text` that is a string, at any depth. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, v) => sum + textLength(v), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [k, v]) => sum + (k === 'text' && typeof v === 'string' ? v.length : textLength(v)),
    0,
  );
}
