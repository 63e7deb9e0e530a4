import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

interface Props {
  /** Of the button that does it; it has the focus first. */
  id: string;
  yesLabel: string;
  noLabel?: string;
  busy: boolean;
  danger?: boolean;
  yes: () => Promise<unknown>;
  no: () => void;
  /** What it means. */
  children?: ComponentChildren;
}

/** Asks once, in the place of the button that was pressed. */
export function Sure({ id, yesLabel, noLabel = 'Not yet', busy, danger = false, yes, no, children }: Props) {
  useEffect(() => document.getElementById(id)?.focus(), [id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is only a shortcut for the button beside it.
    <div
      class="sure"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        no();
      }}
    >
      {children && (
        <p id={`${id}-means`} class="means">
          {children}
        </p>
      )}
      <button
        id={id}
        type="button"
        class={danger ? 'button danger' : 'button primary'}
        aria-disabled={busy}
        aria-describedby={children ? `${id}-means` : undefined}
        onClick={() => void yes()}
      >
        {yesLabel}
      </button>
      <button type="button" class="button plain" onClick={no}>
        {noLabel}
      </button>
    </div>
  );
}
