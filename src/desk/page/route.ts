import { useEffect, useState } from 'preact/hooks';
import { type Status, statuses } from '../wire.ts';

/** What the address says after the "#": which view, what is filtered, and whose story is open beside it. */
export interface Route {
  view: View;
  /** Null: everybody, the stuck first. */
  status: Status | null;
  /** A step's id. */
  step: string | null;
  q: string;
  /** A journey's id. */
  person: string | null;
}

export const views = ['people', 'calls', 'steps', 'computers', 'issues'] as const;
export type View = (typeof views)[number];

export const home: Route = { view: 'people', status: null, step: null, q: '', person: null };

export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const given = new URLSearchParams(query);
  return {
    view: views.find((known) => known === path) ?? 'people',
    status: statuses.find((known) => known === given.get('status')) ?? null,
    step: given.get('step') || null,
    q: given.get('q') ?? '',
    person: given.get('person') || null,
  };
}

export function writeRoute({ view, ...rest }: Route): string {
  const given = Object.entries(rest).filter((pair): pair is [string, string] => !!pair[1]);
  return `#/${view}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
}

/** Goes there without a line of its own in the browser's history: for what is still being typed. */
export function replaceRoute(route: Route): void {
  history.replaceState(null, '', writeRoute(route));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return readRoute(hash);
}
