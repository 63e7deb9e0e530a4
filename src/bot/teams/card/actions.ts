import { encodeAction } from '../../action.ts';
import type { Button, Input } from '../../message.ts';
import type { CardAction, Element, ExecuteAction, Leaf } from './schema.ts';

/** Teams shows at most six actions in a row; four keep their labels readable on a phone. */
const perRow = 4;

/** Red is kept for what asks before it counts: as a filled button it shouts, and "I'm stuck" must not. */
const styles = { primary: 'positive', danger: 'default', plain: 'default' } as const;

/**
 * Buttons in rows. One that asks before it counts opens its question below, with a yes and a no; the question is
 * part of the card, so no window is needed and a screen reader comes to it next.
 */
export function buttonRows(buttons: readonly Button[], prefix: string, row: number = perRow): Element[] {
  const rows: Element[] = [];
  for (let from = 0; from < buttons.length; from += row) {
    const inRow = buttons.slice(from, from + row);
    rows.push({
      type: 'ActionSet',
      spacing: from === 0 ? 'default' : 'small',
      actions: inRow.map((button, i) => cardAction(button, `${prefix}${from + i}`)),
    });
    inRow.forEach((button, i) => {
      if (button.confirm) rows.push(question(button, button.confirm, `${prefix}${from + i}`));
    });
  }
  return rows;
}

function cardAction(button: Button, id: string): CardAction {
  if (!button.confirm) return execute(button.label, button.action, styles[button.style], 'none');
  return {
    type: 'Action.ToggleVisibility',
    title: button.label,
    style: button.style === 'danger' ? 'destructive' : styles[button.style],
    targetElements: [id],
  };
}

function question(button: Button, confirm: NonNullable<Button['confirm']>, id: string): Element {
  const items: Leaf[] = [
    { type: 'TextBlock', text: confirm.title, weight: 'bolder', wrap: true },
    { type: 'TextBlock', text: confirm.text, spacing: 'small', wrap: true },
    {
      type: 'ActionSet',
      actions: [
        execute(confirm.yes, button.action, button.style === 'danger' ? 'destructive' : 'positive', 'none'),
        { type: 'Action.ToggleVisibility', title: confirm.no, targetElements: [id] },
      ],
    },
  ];
  return { type: 'Container', id, isVisible: false, style: 'emphasis', spacing: 'small', items };
}

/** What is typed comes back under `inputId`, beside the action. */
export const inputId = 'value';
const longestInput = 500;

export function inputElements(input: Input): Element[] {
  const common = {
    id: inputId,
    label: input.label,
    isRequired: true,
    ...(input.placeholder && { placeholder: input.placeholder }),
  };
  const field: Element =
    input.kind === 'date'
      ? {
          type: 'Input.Date',
          ...common,
          errorMessage: 'Choose a date.',
          ...(input.max && { max: input.max }),
        }
      : { type: 'Input.Text', ...common, errorMessage: 'Write something here.', maxLength: longestInput };
  return [
    field,
    {
      type: 'ActionSet',
      spacing: 'small',
      actions: [execute(input.submit, input.action, 'positive', 'auto')],
    },
  ];
}

function execute(
  title: string,
  action: Button['action'],
  style: NonNullable<ExecuteAction['style']>,
  associatedInputs: ExecuteAction['associatedInputs'],
): ExecuteAction {
  const data = { action: encodeAction(action) };
  return {
    type: 'Action.Execute',
    title,
    verb: action.verb,
    data,
    style,
    associatedInputs,
    fallback: { type: 'Action.Submit', title, data },
  };
}
