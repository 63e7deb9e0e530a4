import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Incoming, Received } from '../../src/bot/incoming.ts';
import { Pulse } from '../../src/bot/pulse.ts';
import { startTestApp } from '../support/app.ts';

const place = { provider: 'local', key: 'employee/ana' };

function says(text: string): Incoming {
  return {
    id: randomUUID(),
    from: { provider: 'local', tenant: 'local', id: 'ana' },
    profile: {},
    conversation: { key: place.key, reference: { as: 'ana' } },
    at: new Date(),
    said: { kind: 'text', text, files: 0 },
  };
}

function pulse(receive: () => Promise<Received>) {
  const seen: unknown[] = [];
  const clock = { now: 0 };
  const metrics = {
    eventReceived: (...what: unknown[]) => seen.push(what),
    answered: (...what: unknown[]) => seen.push(what),
  };
  const measured = new Pulse(metrics, () => clock.now);
  return { seen, clock, measured, receive: measured.watch(receive) };
}

describe('The pulse', () => {
  it('counts an event and measures until the first answer is with the channel', async () => {
    const { seen, clock, measured, receive } = pulse(async () => 'received');
    await receive(says('start'));
    clock.now = 250;
    measured.arrived(place);
    clock.now = 900;
    measured.arrived(place);
    expect(seen).toEqual([
      ['local', 'received'],
      ['local', 0.25],
    ]);
  });

  it('takes no reminder of the next day for an answer', async () => {
    const { seen, clock, measured, receive } = pulse(async () => 'received');
    await receive(says('thanks'));
    clock.now = 24 * 3600_000;
    measured.arrived(place);
    expect(seen).toEqual([['local', 'received']]);
  });

  it('counts what could not be saved, and lets the channel know as before', async () => {
    const { seen, measured, receive } = pulse(() => Promise.reject(new Error('no database')));
    await expect(receive(says('start'))).rejects.toThrow('no database');
    measured.arrived(place);
    expect(seen).toEqual([['local', 'failed']]);
  });

  it('shows in /metrics of a running service', async () => {
    const app = await startTestApp();
    onTestFinished(() => app.end());
    const once = says('start');
    await app.receive(once);
    await app.receive(once);
    const metrics = async () => (await fetch(`${app.address}/metrics`)).text();
    await expect
      .poll(metrics, { timeout: 10_000 })
      .toContain('ecadesk_press_to_reply_seconds_count{channel="local"} 1');
    expect(await metrics()).toContain('ecadesk_events_received_total{channel="local",result="received"} 1');
    expect(await metrics()).toContain('ecadesk_events_received_total{channel="local",result="duplicate"} 1');
  });
});
