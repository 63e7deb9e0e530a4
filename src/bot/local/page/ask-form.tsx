import { useId, useState } from 'preact/hooks';
import type { Input } from '../../message.ts';

interface AskFormProps {
  input: Input;
  busy: boolean;
  onSubmit(value: string): void;
}

/** A date or a line of text to fill in, with its own button. */
export function AskForm({ input, busy, onSubmit }: AskFormProps) {
  const id = useId();
  const [value, setValue] = useState('');
  const [fault, setFault] = useState<string | null>(null);

  function submit(event: Event): void {
    event.preventDefault();
    if (busy) return;
    const wrong = faultIn(input, value);
    setFault(wrong);
    if (!wrong) onSubmit(value.trim());
  }

  const field = {
    id,
    value,
    maxLength: 2000,
    placeholder: input.placeholder,
    autocomplete: 'off',
    'aria-invalid': fault !== null,
    'aria-describedby': `${id}-fault`,
    onInput: (event: Event & { currentTarget: HTMLInputElement }) => setValue(event.currentTarget.value),
  } as const;

  return (
    <form class="ask" noValidate onSubmit={submit}>
      <label for={id}>{input.label}</label>
      <div class="ask-row">
        {input.kind === 'date' ? (
          <input type="date" max={input.max} {...field} />
        ) : (
          <input type="text" {...field} />
        )}
        <button type="submit" class="button button-primary" aria-disabled={busy}>
          {input.submit}
        </button>
      </div>
      <p class="fault" id={`${id}-fault`} role="alert">
        {fault}
      </p>
    </form>
  );
}

function faultIn(input: Input, value: string): string | null {
  if (value.trim() === '') return input.kind === 'date' ? 'Choose a date first.' : 'Write something first.';
  if (input.kind === 'date' && input.max !== undefined && value > input.max)
    return `Choose a date no later than ${new Date(`${input.max}T12:00:00`).toLocaleDateString()}.`;
  return null;
}
