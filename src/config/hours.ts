import { z } from 'zod';

/** When the help desk is there: days as in ISO 8601 (1 = Monday), minutes from midnight. */
export interface DeskHours {
  /** As it was written: for people to read. */
  text: string;
  spans: readonly { days: readonly number[]; from: number; to: number }[];
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const span =
  /^(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))? (\d\d):(\d\d)-(\d\d):(\d\d)$/i;
const mend = 'write days and times such as "Mon-Fri 08:00-18:00", several with commas between them';

function dayNumber(name: string): number {
  return days.indexOf(name.toLowerCase()) + 1;
}

function daysBetween(first: number, last: number): number[] {
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, i) => ((first - 1 + i) % 7) + 1);
}

function minutes(hour: string | undefined, minute: string | undefined): number {
  const h = Number(hour);
  const m = Number(minute);
  return m < 60 && h * 60 + m <= 24 * 60 ? h * 60 + m : Number.NaN;
}

function parseSpan(text: string): DeskHours['spans'][number] | null {
  const match = span.exec(text.trim());
  const [, first, last, ...times] = match ?? [];
  if (first === undefined) return null;
  const from = minutes(times[0], times[1]);
  const to = minutes(times[2], times[3]);
  if (!(from < to)) return null;
  return { days: daysBetween(dayNumber(first), dayNumber(last ?? first)), from, to };
}

/** `Mon-Fri 08:00-18:00, Sat 09:00-12:00` */
export const deskHours = z.string().transform((text, context): DeskHours => {
  const spans = text.split(',').map(parseSpan);
  const good = spans.filter((one) => one !== null);
  if (good.length < spans.length) context.addIssue({ code: 'custom', message: `is not understood: ${mend}` });
  return { text, spans: good };
});
