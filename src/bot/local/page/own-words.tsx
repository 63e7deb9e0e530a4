import { useState } from 'preact/hooks';
import type { Echo } from './conversation.ts';
import { Lock } from './icons.tsx';

/** Longer words are folded: a pasted log must not push everything else away. */
const foldFrom = 1_200;
const folded = 600;

interface OwnWordsProps {
  text: string;
  withheld?: boolean;
  state?: Echo['state'];
  fault?: string | null;
  onAgain?(): void;
}

export function OwnWords({ text, withheld = false, state = 'sent', fault, onAgain }: OwnWordsProps) {
  const [open, setOpen] = useState(false);
  const long = text.length > foldFrom;
  return (
    <article class={`own own-${state} ${withheld ? 'own-withheld' : ''}`} aria-label="You">
      <p class="own-text">
        {withheld && <Lock />}
        {long && !open ? `${text.slice(0, folded).toWellFormed()}…` : text}
      </p>
      {long && (
        <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : `Show all ${text.length.toLocaleString()} characters`}
        </button>
      )}
      {state === 'sending' && <p class="own-state">Sending…</p>}
      {state === 'failed' && (
        <p class="own-state" role="alert">
          {fault}{' '}
          <button type="button" class="link" onClick={onAgain}>
            Send again
          </button>
        </p>
      )}
    </article>
  );
}
