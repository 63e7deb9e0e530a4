import { useState } from 'preact/hooks';
import type { Message } from '../../message.ts';
import { Dialog } from './dialog.tsx';
import { Enlarge } from './icons.tsx';

/** A picture of the flow; a press enlarges it. Where it cannot be loaded, its description stands in for it. */
export function Picture({ picture: { file, alt } }: { picture: NonNullable<Message['picture']> }) {
  const [large, setLarge] = useState(false);
  const [missing, setMissing] = useState(false);
  const address = `/chat/pictures/${encodeURIComponent(file)}`;
  if (missing) return <p class="picture-missing">Picture: {alt}</p>;
  return (
    <>
      <button type="button" class="picture" aria-haspopup="dialog" onClick={() => setLarge(true)}>
        <img src={address} alt={alt} onError={() => setMissing(true)} />
        <span class="picture-hint">
          <Enlarge /> Enlarge
        </span>
      </button>
      {large && (
        <Dialog label="Picture" class="lightbox" onClose={() => setLarge(false)}>
          <img src={address} alt={alt} />
          <p>{alt}</p>
          <button type="button" class="button button-plain" onClick={() => setLarge(false)}>
            Close
          </button>
        </Dialog>
      )}
    </>
  );
}
