import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { nextWorkingMoment } from '../../src/flows/working-hours.ts';

const zones = [
  'America/New_York',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Europe/Berlin',
  'Europe/London',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Africa/Cairo',
  'UTC',
];
const moments = fc.integer({ min: Date.parse('2010-01-01'), max: Date.parse('2040-01-01') });
const minute = 60_000;

function working(at: number, zone: string): boolean {
  const local = DateTime.fromMillis(at, { zone });
  return local.weekday <= 5 && local.hour >= 9 && local.hour < 17;
}

it('is always within working hours, never before it was asked for, and stays where it is', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), (at, zone) => {
      const next = nextWorkingMoment(at, zone);
      expect(working(next, zone)).toBe(true);
      expect(next).toBeGreaterThanOrEqual(at);
      expect(nextWorkingMoment(next, zone)).toBe(next);
    }),
    { numRuns: 2000 },
  );
});

it('is the first such moment', () => {
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), (at, zone) => {
      const next = nextWorkingMoment(at, zone);
      if (next === at) return;
      expect(working(next - 1, zone)).toBe(false);
      for (let probe = at; probe < next; probe += 30 * minute) expect(working(probe, zone)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['in hours: at once', '2026-11-24T10:30', '2026-11-24T10:30'],
  ['before nine: the same day', '2026-11-24T06:00', '2026-11-24T09:00'],
  ['at five it is over', '2026-11-24T17:00', '2026-11-25T09:00'],
  ['on Friday evening: Monday', '2026-11-27T18:00', '2026-11-30T09:00'],
  ['on Sunday: Monday', '2026-11-29T12:00', '2026-11-30T09:00'],
  ['over the start of summer time', '2026-03-06T20:00', '2026-03-09T09:00'],
  ['over its end', '2026-10-30T20:00', '2026-11-02T09:00'],
])('%s', (_name, asked, expected) => {
  const local = (text: string) => DateTime.fromISO(text, { zone: 'America/New_York' }).toMillis();
  expect(nextWorkingMoment(local(asked), 'America/New_York')).toBe(local(expected));
});

it('takes a zone that nobody knows for UTC', () => {
  const night = Date.parse('2026-11-24T03:00:00Z');
  expect(nextWorkingMoment(night, 'Mars/Olympus')).toBe(Date.parse('2026-11-24T09:00:00Z'));
});
