import type { types } from '@slack/bolt';
import { encodeAction } from '../action.ts';
import type { Button } from '../message.ts';
import { limits } from './limits.ts';
import { clean, clip } from './text.ts';

/** Seen at once; what is beyond them waits in the "⋯" menu. */
const visible = 5;

/** Answers to a question: all of them in sight. */
export function answerRows(buttons: readonly Button[]): types.ActionsBlock[] {
  return rows(buttons.map(buttonElement));
}

/** The buttons that every step has: the first ones in sight, plain ones that do not fit in the "⋯" menu. */
export function buttonRow(buttons: readonly Button[]): types.ActionsBlock[] {
  const hidden = new Set(overflowing(buttons));
  const elements: (types.Button | types.Overflow)[] = buttons
    .filter((b) => !hidden.has(b))
    .map(buttonElement);
  if (hidden.size > 0) elements.push(overflow([...hidden]));
  return rows(elements);
}

/** The last plain buttons, as many as must and can go; never one that asks "are you sure?". */
function overflowing(buttons: readonly Button[]): Button[] {
  if (buttons.length <= visible) return [];
  const able = buttons.filter(
    (b) => b.style === 'plain' && !b.confirm && encodeAction(b.action).length <= limits.optionValue,
  );
  const many = Math.min(buttons.length - visible + 1, limits.overflowOptions, able.length);
  return many > 0 ? able.slice(-many) : [];
}

function overflow(buttons: Button[]): types.Overflow {
  const options = buttons.map((b) => ({
    text: plain(b.label, limits.optionText),
    value: encodeAction(b.action),
  }));
  return { type: 'overflow', action_id: 'more', options };
}

export function buttonElement(button: Button): types.Button {
  const { confirm, label, style } = button;
  return {
    type: 'button',
    action_id: encodeAction(button.action),
    text: plain(label, limits.buttonText),
    ...(style !== 'plain' && { style }),
    ...(confirm && {
      confirm: {
        title: plain(confirm.title || label, limits.confirmTitle),
        text: plain(confirm.text || label, limits.confirmText),
        confirm: plain(confirm.yes || 'Yes', limits.confirmYes),
        deny: plain(confirm.no || 'No', limits.confirmYes),
      },
    }),
  };
}

/** Rows of at most 25 elements; within a row Slack wants each action once. */
function rows(elements: (types.Button | types.Overflow)[]): types.ActionsBlock[] {
  const made: (types.Button | types.Overflow)[][] = [];
  for (const element of elements) {
    const row = made.find(
      (r) => r.length < limits.actions && !r.some((e) => e.action_id === element.action_id),
    );
    if (row) row.push(element);
    else made.push([element]);
  }
  return made.map((row) => ({ type: 'actions', elements: row }));
}

/** A text that is not empty and fits. */
export function plain(text: string, max: number): types.PlainTextElement {
  return { type: 'plain_text', text: clip(clean(text), max) || '…', emoji: true };
}
