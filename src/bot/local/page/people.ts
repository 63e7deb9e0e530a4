import { employeeId } from '../who.ts';

/** Whom a window plays. The address says it (`?as=ana`); who comes without a name gets one and keeps it. */

const known = 'ecadesk.people';
const firstNames =
  'ana ben clara dara eli fatima grace hiro ines jonas kamala leo mina noor omar priya quinn rosa sam tess uma victor wen yara zoe'.split(
    ' ',
  );

/** The person of this window; afterwards the address names them, so that it can be kept and loaded again. */
export function whoAmI(): string {
  const address = new URL(window.location.href);
  const asked = toId(address.searchParams.get('as') ?? '');
  const as = asked ?? peopleSeen()[0] ?? someName([]);
  if (address.searchParams.get('as') !== as) {
    address.searchParams.set('as', as);
    window.history.replaceState(null, '', address);
  }
  remember(as);
  return as;
}

/** "Ana Lucía!" → "ana-lucia"; null where nothing of a name is left. */
export function toId(name: string): string | null {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const joined = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replaceAll(/^-+|-+$/g, '');
  const id = employeeId.safeParse(joined);
  return id.success ? id.data : null;
}

/** A name that is none of these yet. */
export function someName(taken: readonly string[]): string {
  const free = firstNames.filter((name) => !taken.includes(name));
  return free[Math.floor(Math.random() * free.length)] ?? `guest-${Math.floor(Math.random() * 10_000)}`;
}

/** People this browser has played, the latest first. */
export function peopleSeen(): string[] {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(known) ?? '[]');
    return employeeId.array().safeParse(kept).data ?? [];
  } catch {
    // No storage, or something else in it: then there is nobody to offer, and nothing is lost.
    return [];
  }
}

function remember(as: string): void {
  try {
    const people = [as, ...peopleSeen().filter((one) => one !== as)];
    window.localStorage.setItem(known, JSON.stringify(people.slice(0, 12)));
  } catch {
    // A browser that keeps nothing: the address still names the person.
  }
}

/** The page's address for another person. */
export function addressOf(as: string): string {
  return `/chat?as=${encodeURIComponent(as)}`;
}
