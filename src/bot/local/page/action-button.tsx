import { useState } from 'preact/hooks';
import { type Action, encodeAction } from '../../action.ts';
import type { Button } from '../../message.ts';
import type { Press } from './conversation.ts';
import { Dialog } from './dialog.tsx';

interface ActionButtonProps {
  button: Button;
  kind: 'button' | 'choice';
  /** A press of this message is under way: the button rests, but keeps the focus. */
  busy: boolean;
  press: Press | undefined;
  onPress(action: Action): void;
}

export function ActionButton({ button, kind, busy, press, onPress }: ActionButtonProps) {
  const [asking, setAsking] = useState(false);
  const { confirm } = button;
  const mine = busy && press?.action === encodeAction(button.action);

  function click(): void {
    if (busy) return;
    if (confirm) setAsking(true);
    else onPress(button.action);
  }

  return (
    <>
      <button
        type="button"
        class={`button button-${button.style} ${kind === 'choice' ? 'choice' : ''} ${mine ? 'button-sending' : ''}`}
        aria-disabled={busy}
        aria-busy={mine}
        onClick={click}
      >
        {button.label}
      </button>
      {asking && confirm && (
        <Dialog label={confirm.title} class="confirm" onClose={() => setAsking(false)}>
          <h2>{confirm.title}</h2>
          <p>{confirm.text}</p>
          <div class="buttons">
            <button
              type="button"
              class={`button button-${button.style === 'danger' ? 'danger' : 'primary'}`}
              onClick={() => {
                setAsking(false);
                onPress(button.action);
              }}
            >
              {confirm.yes}
            </button>
            <button type="button" class="button button-plain" onClick={() => setAsking(false)}>
              {confirm.no}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
