import { useEffect, useRef, useState } from 'preact/hooks';
import { longestText } from '../wire.ts';
import { Lock, Send } from './icons.tsx';

const quickWords = ['status', 'back', 'stuck', 'human', 'help'];

/** The box to type in. Enter sends, Shift and Enter make a new line. */
export function Composer({ onSay }: { onSay(text: string): void }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const tooLong = text.length > longestText;
  const ready = text.trim() !== '' && !tooLong;

  useEffect(() => {
    // On a touch screen the focus would open the keyboard over the first card.
    if (window.matchMedia('(pointer: fine)').matches) box.current?.focus({ preventScroll: true });
  }, []);

  function submit(event: Event): void {
    event.preventDefault();
    if (!ready) return;
    onSay(text.trim());
    setText('');
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // An Enter that ends a word of an input method sends nothing.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  }

  return (
    <footer class="composer">
      <form class="composer-inside" onSubmit={submit}>
        <fieldset class="quick" aria-label="Words you can say at any time">
          {quickWords.map((word) => (
            <button type="button" key={word} onClick={() => onSay(word)}>
              {word}
            </button>
          ))}
        </fieldset>
        <div class="box">
          <label class="unseen" for="message">
            Message to ecadesk
          </label>
          <textarea
            id="message"
            ref={box}
            rows={1}
            placeholder="Write to ecadesk…"
            aria-describedby="message-hint"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <button type="submit" class="send" aria-label="Send" aria-disabled={!ready}>
            <Send />
          </button>
        </div>
        <p class="hint" id="message-hint">
          {tooLong ? (
            <strong role="alert">
              That is too long: {text.length.toLocaleString()} of at most {longestText.toLocaleString()}{' '}
              characters.
            </strong>
          ) : (
            <>
              <Lock /> Never type a password, PIN or activation code here.
              <span class="hint-keys"> Enter sends, Shift + Enter starts a new line.</span>
            </>
          )}
        </p>
      </form>
    </footer>
  );
}
