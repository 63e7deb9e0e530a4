import { DateTime } from 'luxon';

/** Reminders come on weekdays between these hours of the person's own clock. */
const opens = 9;
const closes = 17;

const quarter = 15 * 60_000;

/** The answers of late, by zone and quarter of an hour (null: it lies within); zones change at no other times. */
const known = new Map<string, number | null>();
const most = 10_000;

/**
 * The moment itself when it lies within working hours, else the start of the next ones.
 * @param at milliseconds since 1970
 * @param zone IANA name; an unknown one counts as UTC
 */
export function nextWorkingMoment(at: number, zone: string): number {
  const key = `${zone} ${Math.floor(at / quarter)}`;
  let opening = known.get(key);
  if (opening === undefined) {
    opening = nextOpening(at, zone);
    if (known.size >= most) known.clear();
    known.set(key, opening);
  }
  return opening ?? at;
}

function nextOpening(at: number, zone: string): number | null {
  const asked = DateTime.fromMillis(at, { zone });
  const local = asked.isValid ? asked : DateTime.fromMillis(at, { zone: 'utc' });
  if (local.weekday <= 5 && local.hour >= opens && local.hour < closes) return null;
  const today = local.startOf('day').set({ hour: opens });
  let day = local.hour < opens ? today : today.plus({ days: 1 });
  while (day.weekday > 5) day = day.plus({ days: 1 });
  return day.set({ hour: opens, minute: 0, second: 0, millisecond: 0 }).toMillis();
}
