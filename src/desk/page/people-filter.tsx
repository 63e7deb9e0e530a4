import { useEffect, useRef, useState } from 'preact/hooks';
import { useDesk } from './desk-context.ts';
import { statusOrder, statusWords } from './names.ts';
import { type Route, replaceRoute, writeRoute } from './route.ts';

/** By state, by step, by name. All of it stands in the address. */
export function PeopleFilter({ route }: { route: Route }) {
  return (
    <>
      <Search route={route} />
      <Steps route={route} />
      <States route={route} />
    </>
  );
}

function States({ route }: { route: Route }) {
  const { summary } = useDesk();
  const everybody = summary && Object.values(summary.journeys).reduce((sum, count) => sum + count, 0);
  const link = (status: Route['status'], label: string, count: number | null | undefined) => (
    <li key={label}>
      <a
        href={writeRoute({ ...route, status, person: null })}
        aria-current={route.status === status ? 'true' : undefined}
      >
        {label} {count !== null && count !== undefined && <span class="count">{count}</span>}
      </a>
    </li>
  );
  return (
    <nav aria-label="States">
      <ul class="states">
        {link(null, 'Everybody', everybody)}
        {statusOrder.map((status) => link(status, statusWords[status], summary?.journeys[status]))}
      </ul>
    </nav>
  );
}

const typingPause = 250;

/** Looks while one types. */
function Search({ route }: { route: Route }) {
  const [text, setText] = useState(route.q);
  const typing = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(route);
  latest.current = route;

  // The address changed otherwise: by a link, or by the browser's Back.
  useEffect(() => {
    if (typing.current === null) setText((old) => (old.trim() === route.q ? old : route.q));
  }, [route.q]);
  useEffect(() => () => clearTimeout(typing.current ?? undefined), []);

  const type = (words: string) => {
    setText(words);
    clearTimeout(typing.current ?? undefined);
    typing.current = setTimeout(() => {
      typing.current = null;
      replaceRoute({ ...latest.current, q: words.trim(), person: null });
    }, typingPause);
  };

  return (
    <search>
      <label>
        Name
        <input
          id="search"
          type="search"
          placeholder="Part of a name"
          autocomplete="off"
          maxLength={100}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
        />
      </label>
    </search>
  );
}

function Steps({ route }: { route: Route }) {
  const { summary } = useDesk();
  const steps = summary?.steps ?? [];
  const known = route.step === null || steps.some(({ id }) => id === route.step);
  return (
    <label>
      Step
      <select
        id="step"
        value={route.step ?? ''}
        onChange={(event) => {
          location.hash = writeRoute({ ...route, step: event.currentTarget.value || null, person: null });
        }}
      >
        <option value="">Every step</option>
        {!known && <option value={route.step ?? ''}>{route.step}</option>}
        {steps.map(({ id, number, title }) => (
          <option key={id} value={id}>{`${number} · ${title}`}</option>
        ))}
      </select>
    </label>
  );
}
