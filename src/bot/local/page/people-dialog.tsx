import { useState } from 'preact/hooks';
import { displayName } from '../who.ts';
import { Dialog } from './dialog.tsx';
import { addressOf, peopleSeen, someName, toId } from './people.ts';

/** Chooses another employee for this window, or opens one beside it. */
export function PeopleDialog({ as, onClose }: { as: string; onClose(): void }) {
  const others = peopleSeen().filter((one) => one !== as);
  const [name, setName] = useState(() => displayName(someName([as, ...others])));
  const id = toId(name);

  function go(event: Event): void {
    event.preventDefault();
    if (id) window.location.assign(addressOf(id));
  }

  return (
    <Dialog label="Who is talking?" class="people" onClose={onClose}>
      <h2>Who is talking?</h2>
      <p>
        You are <strong>{displayName(as)}</strong>. Every name is an employee with a conversation of their
        own; open several windows to play several people.
      </p>
      {others.length > 0 && (
        <ul class="people-list" aria-label="People you have played">
          {others.map((other) => (
            <li key={other}>
              <a href={addressOf(other)}>{displayName(other)}</a>
            </li>
          ))}
        </ul>
      )}
      <form class="people-new" onSubmit={go}>
        <label for="new-name">Somebody else</label>
        <input
          id="new-name"
          maxLength={32}
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <div class="buttons">
          <button type="submit" class="button button-primary" aria-disabled={id === null}>
            Talk here
          </button>
          {id && (
            <a
              class="button button-plain"
              href={addressOf(id)}
              target="_blank"
              rel="noopener"
              onClick={onClose}
            >
              New window
            </a>
          )}
          <button type="button" class="button button-quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
