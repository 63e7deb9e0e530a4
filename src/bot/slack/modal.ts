import type { types } from '@slack/bolt';
import { z } from 'zod';
import { type Action, decodeAction, encodeAction } from '../action.ts';
import { plain } from './buttons.ts';
import { limits } from './limits.ts';

/** The form in which a person writes a short text, and what it must know when it comes back. */

export const formId = 'write';
const block = 'text';
const element = 'typed';

/** What the button that opens the form carries; it comes back from Slack, so it is read again. */
const formText = z.object({
  label: z.string().min(1).max(300),
  placeholder: z.string().max(limits.placeholder).optional(),
  submit: z.string().min(1).max(limits.modalButton),
});

/** @returns null where the button's value is none of ours */
export function modalFor(action: Action, buttonValue: unknown): types.ModalView | null {
  const form = formText.safeParse(fromJson(buttonValue));
  if (!form.success) return null;
  const { label, placeholder, submit } = form.data;
  return {
    type: 'modal',
    callback_id: formId,
    private_metadata: encodeAction(action),
    title: plain('Help with this step', limits.modalTitle),
    submit: plain(submit, limits.modalButton),
    close: plain('Cancel', limits.modalButton),
    blocks: [
      {
        type: 'input',
        block_id: block,
        label: plain(label, limits.inputLabel),
        hint: plain('Never write a password, PIN or activation code here.', limits.inputHint),
        element: {
          type: 'plain_text_input',
          action_id: element,
          multiline: true,
          max_length: limits.typedText,
          ...(placeholder && { placeholder: plain(placeholder, limits.placeholder) }),
        },
      },
    ],
  };
}

const submitted = z.object({
  private_metadata: z.string(),
  state: z.object({
    values: z.object({ [block]: z.object({ [element]: z.object({ value: z.string().nullable() }) }) }),
  }),
});

/** What was written in the form, and for what; null where it is none of ours. */
export function readForm(view: unknown): { action: Action; value: string } | null {
  const parsed = submitted.safeParse(view);
  if (!parsed.success) return null;
  const action = decodeAction(parsed.data.private_metadata);
  const value = parsed.data.state.values[block][element].value ?? '';
  return action && { action, value };
}

/** The answer to a form that could not be saved: the text stays in it, with this sentence below. */
export function formRefusal(sentence: string): { response_action: 'errors'; errors: Record<string, string> } {
  return { response_action: 'errors', errors: { [block]: sentence } };
}

function fromJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
