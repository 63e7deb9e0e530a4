const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long, as "just now", "5 min", "2 h 10 min", "3 days". */
export function span(milliseconds: number): string {
  if (milliseconds < minute) return 'just now';
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} min`;
  if (milliseconds < day) return hours(milliseconds);
  const days = Math.floor(milliseconds / day);
  return days === 1 ? '1 day' : `${days} days`;
}

function hours(milliseconds: number): string {
  const rest = Math.floor((milliseconds % hour) / minute);
  const whole = Math.floor(milliseconds / hour);
  return rest === 0 ? `${whole} h` : `${whole} h ${rest} min`;
}

/** "for 5 min", "just now": to stand after a verb. */
export function since(iso: string, now: number): string {
  const words = span(now - Date.parse(iso));
  return words === 'just now' ? words : `for ${words}`;
}

/** "5 min ago", "just now". */
export function ago(iso: string, now: number): string {
  const words = span(now - Date.parse(iso));
  return words === 'just now' ? words : `${words} ago`;
}

const dayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export const dayOf = (iso: string) => dayFormat.format(new Date(iso));
export const timeOf = (iso: string) => timeFormat.format(new Date(iso));
export const momentOf = (iso: string) => `${dayOf(iso)}, ${timeOf(iso)}`;
