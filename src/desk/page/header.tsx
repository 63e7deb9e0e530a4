import { useEffect } from 'preact/hooks';
import type { Summary } from '../wire.ts';
import { signOut, wordsOf } from './api.ts';
import { useDesk } from './desk-context.ts';
import type { Link } from './live.ts';
import { home, type Route, type View, writeRoute } from './route.ts';

interface Tab {
  view: View;
  label: string;
  /** What the number beside it counts, in words, and how many. */
  count?: (summary: Summary) => [number, string];
  /** Whether there is anything of the kind here; absent: always. */
  here?: (summary: Summary | null) => boolean;
}

const tabs: readonly Tab[] = [
  { view: 'people', label: 'People', count: ({ journeys }) => [journeys.stuck, 'stuck'] },
  { view: 'calls', label: 'Calls', count: ({ escalations }) => [escalations.open, 'open'] },
  { view: 'steps', label: 'Steps' },
  { view: 'computers', label: 'Computers', here: (summary) => !!summary?.agents },
  { view: 'issues', label: 'Known issues' },
];

const linkWords: Readonly<Record<Link, string>> = { starting: 'Connecting…', live: 'Live', lost: 'Offline' };

export function Header({ route, link, signedOut }: { route: Route; link: Link; signedOut: () => void }) {
  const { me, summary, warn } = useDesk();
  useTitle(route, summary);
  const shown = tabs.filter(({ here }) => here?.(summary) ?? true);
  const leave = () => void signOut().then(signedOut, (error: unknown) => warn(wordsOf(error)));
  return (
    <header class="top">
      <h1>
        <img src="/desk/assets/icon.svg" alt="" width="32" height="32" />
        Help desk
      </h1>
      <nav aria-label="Views">
        <ul class="tabs">
          {shown.map(({ view, label, count }) => (
            <li key={view}>
              <a href={writeRoute({ ...home, view })} aria-current={route.view === view ? 'page' : undefined}>
                {label}
                {summary && count && <Count counted={count(summary)} />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p class={`link ${link}`}>{linkWords[link]}</p>
      <p class="me">
        <span class="unseen">Signed in as </span>
        {me.name}
      </p>
      <button type="button" class="button plain" onClick={leave}>
        Sign out
      </button>
    </header>
  );
}

function Count({ counted: [count, words] }: { counted: [number, string] }) {
  if (count === 0) return null;
  return (
    <span class="count">
      {count}
      <span class="unseen"> {words}</span>
    </span>
  );
}

/** The number of open calls stands in the browser's tab, too. */
function useTitle({ view }: Route, summary: Summary | null): void {
  const calls = summary?.escalations.open ?? 0;
  const label = tabs.find((tab) => tab.view === view)?.label ?? '';
  useEffect(() => {
    document.title = `${calls > 0 ? `(${calls}) ` : ''}${label} · Help desk`;
  }, [calls, label]);
}
