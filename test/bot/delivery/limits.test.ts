import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeliveryError } from '../../../src/bot/channel.ts';
import { bookMoment, depart, Pacer, type Window } from '../../../src/bot/delivery/pacer.ts';
import { send } from '../../../src/bot/delivery/send.ts';
import { verdict } from '../../../src/bot/delivery/verdict.ts';
import { ScriptedChannel } from './rig.ts';

function expectWithin(windows: Window[], booked: { moment: number }[]): void {
  const times = booked.map(({ moment }) => moment).toSorted((a, b) => a - b);
  for (const { per, max } of windows) {
    for (const [i, time] of times.entries()) {
      const before = times[i - max];
      if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(per);
    }
  }
}

describe('the pacer', () => {
  it('never lets more through than any window allows, of a conversation or of all', () => {
    const window = fc.record({
      per: fc.integer({ min: 10, max: 5_000 }),
      max: fc.integer({ min: 1, max: 8 }),
    });
    const windows = fc.array(window, { minLength: 1, maxLength: 3 });
    const asking = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      pause: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(windows, windows, fc.array(asking, { maxLength: 60 }), (one, all, asked) => {
        const pacers = { conversation: new Pacer(one), all: new Pacer(all) };
        let now = 1_000_000;
        const moments = asked.map(({ key, pause }) => {
          now += pause;
          const moment = bookMoment(pacers, key, now);
          expect(moment).toBeGreaterThanOrEqual(now);
          return { key, moment };
        });
        expectWithin(all, moments);
        for (const key of ['a', 'b', 'c'])
          expectWithin(
            one,
            moments.filter((m) => m.key === key),
          );
      }),
    );
  });

  it('keeps the distances of a conversation however late its messages depart', () => {
    const windows = [
      { per: 200, max: 1 },
      { per: 2_000, max: 4 },
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 40 }), (delays) => {
        const pacers = { conversation: new Pacer(windows), all: new Pacer([]) };
        let now = 1_000_000;
        const departures = delays.map((delay) => {
          const moment = bookMoment(pacers, 'a', now);
          now = moment + delay;
          depart(pacers, 'a', moment, now);
          return { moment: now };
        });
        expectWithin(windows, departures);
      }),
    );
  });

  it('lets one through at once, and keys do not wait for each other', () => {
    const pacer = new Pacer([{ per: 1_000, max: 1 }]);
    pacer.book('a', 5_000, 5_000);
    expect([pacer.next('a', 5_100), pacer.next('b', 5_100)]).toEqual([6_000, 5_100]);
  });

  it('has no limit without windows', () => {
    const pacer = new Pacer([]);
    for (let i = 0; i < 100; i++) pacer.book('a', 1, 1);
    expect(pacer.next('a', 1)).toBe(1);
  });

  it('gives those who ask together each a moment of their own', () => {
    const pacers = {
      conversation: new Pacer([{ per: 1_000, max: 1 }]),
      all: new Pacer([{ per: 1_000, max: 2 }]),
    };
    const moments = ['a', 'b', 'c', 'd', 'e', 'a'].map((key) => bookMoment(pacers, key, 0));
    expect(moments).toEqual([0, 0, 1_000, 1_000, 2_000, 2_000]);
  });
});

describe('what becomes of a message that was not delivered', () => {
  const fault = (code: DeliveryError['code'], retryAfter?: number) =>
    new DeliveryError(code, 'because', retryAfter === undefined ? {} : { retryAfter });

  it.each([
    ['rate-limited', 'later', false],
    ['unavailable', 'later', false],
    ['ambiguous', 'later', true],
    ['refused', 'dropped', undefined],
    ['target-gone', 'dropped', undefined],
    ['conversation-gone', 'unreachable', undefined],
  ] as const)('%s → %s', (code, what, doubtful) => {
    const end = verdict(fault(code), 1, false, 0.5);
    expect(end.what).toBe(what);
    if (end.what === 'later') expect(end.doubtful).toBe(doubtful);
  });

  it('backs off twice as long each time, up to some minutes, never below half', () => {
    const waits = [1, 2, 3, 4, 20, 500].map((attempts) => {
      const end = verdict(fault('unavailable'), attempts, false, 0);
      return end.what === 'later' ? end.wait : 0;
    });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 150_000, 150_000]);
  });

  it('comes no sooner than the channel asked, and not all at once', () => {
    const at = (random: number) => verdict(fault('rate-limited', 30_000), 1, false, random);
    expect(at(0)).toMatchObject({ wait: 30_000 });
    expect(at(1)).toMatchObject({ wait: 30_500 });
  });

  it('stays in doubt once it was', () => {
    expect(verdict(fault('unavailable'), 2, true, 0)).toMatchObject({ doubtful: true });
  });

  it('is not repeated for ever where each attempt may show', () => {
    expect(verdict(fault('ambiguous'), 7, true, 0).what).toBe('later');
    expect(verdict(fault('ambiguous'), 8, true, 0)).toEqual({ what: 'dropped', fault: 'ambiguous' });
    expect(verdict(new Error('bug'), 8, true, 0)).toEqual({ what: 'dropped', fault: 'unexpected' });
    expect(verdict(fault('unavailable'), 1000, true, 0).what).toBe('later');
  });
});

it('does not wait for a channel for ever', async () => {
  const channel = new ScriptedChannel();
  channel.answer = () => new Promise(() => {});
  const delivery = {
    id: 'x',
    conversation: { key: 'k', reference: null },
    audience: 'employee' as const,
    op: 'post' as const,
    message: { summary: 's', tone: 'info' as const, fields: [], buttons: [] },
    ambiguous: false,
  };
  await expect(send(channel, delivery, 20)).rejects.toMatchObject({ code: 'ambiguous' });
});
