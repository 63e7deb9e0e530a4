import type { types } from '@slack/bolt';
import { limits } from './limits.ts';

/** What Slack would refuse in these blocks: one line each, empty when all is well. */
export function faultsOf(blocks: readonly types.KnownBlock[], where: 'message' | 'view'): string[] {
  const faults: string[] = [];
  const most = where === 'message' ? limits.blocksInMessage : limits.blocksInView;
  if (blocks.length === 0) faults.push('no blocks');
  if (blocks.length > most) faults.push(`${blocks.length} blocks, at most ${most}`);
  if (where === 'message' && JSON.stringify(blocks).length > limits.messageJson)
    faults.push('blocks too long together');
  const ids = new Set<string>();
  for (const [i, block] of blocks.entries()) {
    if (block.block_id !== undefined) {
      if (ids.has(block.block_id)) faults.push(`block ${i}: block_id given twice`);
      ids.add(block.block_id);
    }
    for (const fault of blockFaults(block)) faults.push(`block ${i} (${block.type}): ${fault}`);
  }
  return faults;
}

function blockFaults(block: types.KnownBlock): string[] {
  const faults = lengths({ block_id: [block.block_id, limits.blockId] });
  switch (block.type) {
    case 'header':
      return [...faults, ...lengths({ text: [block.text.text, limits.header] })];
    case 'section':
      return [...faults, ...sectionFaults(block)];
    case 'context':
      return [...faults, ...contextFaults(block)];
    case 'image':
      return [...faults, ...imageFaults(block)];
    case 'actions':
      return [...faults, ...actionsFaults(block)];
    case 'input':
      return [
        ...faults,
        ...lengths({
          label: [block.label.text, limits.inputLabel],
          hint: [block.hint?.text, limits.inputHint],
        }),
        ...elementFaults(block.element),
      ];
    case 'divider':
      return faults;
    default:
      return [...faults, 'a kind of block that this bot does not use'];
  }
}

function sectionFaults({ text, fields = [], accessory }: types.SectionBlock): string[] {
  return [
    ...(text || fields.length > 0 ? [] : ['neither text nor fields']),
    ...lengths({ text: [text?.text, limits.section] }),
    ...atMost(fields.length, limits.fields, 'fields'),
    ...fields.flatMap((f) => lengths({ field: [f.text, limits.field] })),
    ...(accessory ? elementFaults(accessory) : []),
  ];
}

function contextFaults({ elements }: types.ContextBlock): string[] {
  return [
    ...atMost(elements.length, limits.contextElements, 'elements'),
    ...(elements.length === 0 ? ['no elements'] : []),
    ...elements.flatMap((e) => ('text' in e ? lengths({ text: [e.text, limits.contextText] }) : [])),
  ];
}

function imageFaults(block: types.ImageBlock): string[] {
  return [
    ...lengths({ alt_text: [block.alt_text, limits.altText] }),
    ...('image_url' in block ? lengths({ image_url: [block.image_url, limits.imageUrl] }) : []),
  ];
}

function actionsFaults({ elements }: types.ActionsBlock): string[] {
  const ids = elements.map((e) => ('action_id' in e ? e.action_id : undefined));
  return [
    ...(elements.length === 0 ? ['no elements'] : []),
    ...atMost(elements.length, limits.actions, 'elements'),
    ...(new Set(ids).size < ids.length ? ['an action_id given twice'] : []),
    ...elements.flatMap(elementFaults),
  ];
}

function elementFaults(element: { type: string; action_id?: string }): string[] {
  const known = element as types.Button | types.Overflow | types.Datepicker | types.PlainTextInput;
  const faults = lengths({ action_id: [known.action_id, limits.actionId] });
  switch (known.type) {
    case 'button':
      return [
        ...faults,
        ...lengths({ text: [known.text.text, limits.buttonText] }),
        ...(known.value === undefined ? [] : lengths({ value: [known.value, limits.buttonValue] })),
        ...(known.confirm ? confirmFaults(known.confirm) : []),
      ];
    case 'overflow':
      return [
        ...faults,
        ...(known.options.length === 0 ? ['no options'] : []),
        ...atMost(known.options.length, limits.overflowOptions, 'options'),
        ...known.options.flatMap((o) =>
          lengths({ option: [o.text.text, limits.optionText], value: [o.value, limits.optionValue] }),
        ),
      ];
    case 'datepicker':
    case 'plain_text_input':
      return [...faults, ...lengths({ placeholder: [known.placeholder?.text, limits.placeholder] })];
    default:
      return [`an element that this bot does not use (${element.type})`];
  }
}

function confirmFaults(confirm: types.ConfirmationDialog): string[] {
  return lengths({
    'confirm title': [confirm.title?.text, limits.confirmTitle],
    'confirm text': [confirm.text.text, limits.confirmText],
    'confirm yes': [confirm.confirm?.text, limits.confirmYes],
    'confirm no': [confirm.deny?.text, limits.confirmYes],
  });
}

/** A text that is there has at least one character and at most so many. */
function lengths(texts: Record<string, [string | undefined, number]>): string[] {
  return Object.entries(texts).flatMap(([name, [text, max]]) => {
    if (text === undefined) return [];
    if (text.length === 0) return [`${name} is empty`];
    return text.length > max ? [`${name} has ${text.length} characters, at most ${max}`] : [];
  });
}

const atMost = (count: number, max: number, what: string): string[] =>
  count > max ? [`${count} ${what}, at most ${max}`] : [];
