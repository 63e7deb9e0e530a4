import { useState } from 'preact/hooks';
import { displayName } from '../who.ts';
import { Helper, Person } from './icons.tsx';
import type { LineState } from './line.ts';
import { PeopleDialog } from './people-dialog.tsx';

const lineWords: Record<LineState, string> = {
  connecting: 'Connecting…',
  open: 'Here for you',
  lost: 'Not connected',
};

export function Header({ as, line }: { as: string; line: LineState }) {
  const [choosing, setChoosing] = useState(false);
  return (
    <header class="header">
      <div class="header-inside">
        <span class="avatar">
          <Helper />
        </span>
        <div class="header-name">
          <h1>ecadesk</h1>
          <p class={`line line-${line}`}>{lineWords[line]}</p>
        </div>
        <button type="button" class="person" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
          <Person />
          <span>
            <span class="unseen">You are </span>
            {displayName(as)}
            <span class="unseen">. Talk as somebody else</span>
          </span>
        </button>
      </div>
      {choosing && <PeopleDialog as={as} onClose={() => setChoosing(false)} />}
    </header>
  );
}
