import type { Message } from '../../message.ts';

/** "Step 3 of 15 · about 4 min", and the same as a row of segments for the eye. */
export function Progress({ progress: { step, of, text } }: { progress: NonNullable<Message['progress']> }) {
  return (
    <div class="progress">
      <p>{text}</p>
      <div class="segments" aria-hidden="true">
        {Array.from({ length: Math.min(Math.max(of, 0), 60) }, (_, i) => (
          <span key={i} class={i + 1 < step ? 'past' : i + 1 === step ? 'present' : ''} />
        ))}
      </div>
    </div>
  );
}
