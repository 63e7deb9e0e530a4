import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { startServer } from '../support/server.ts';

const key = 'desk-key-of-a-test';
const apiKeys = [
  { name: 'other', sha256: '0'.repeat(64) },
  { name: 'report', sha256: createHash('sha256').update(key).digest('hex') },
];

describe('/healthz', () => {
  it('says that the process lives, whatever else is wrong', async () => {
    const { url } = await startServer({ checks: { database: () => Promise.reject(new Error('gone')) } });
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
  });
});

describe('/readyz', () => {
  it('is ready when every check is well', async () => {
    const { url } = await startServer({ checks: { database: async () => 1 } });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready' });
  });

  it('names the part that is not well, and why only in the log', async () => {
    const checks = {
      database: () => Promise.reject(new Error('no route to 10.0.0.7')),
      migrations: async () => true,
    };
    const { url, log } = await startServer({ checks });
    const response = await fetch(`${url}/readyz`);
    const text = await response.text();
    expect(response.status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ code: 'not-ready', errors: [{ path: 'database' }] });
    expect(text).not.toContain('10.0.0.7');
    expect(log()).toContain('10.0.0.7');
  });

  it('does not wait for a check that never answers', async () => {
    const { url } = await startServer({ checks: { database: () => new Promise(() => {}) } });
    const began = performance.now();
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect(performance.now() - began).toBeLessThan(4000);
  });
});

describe('/metrics', () => {
  it('shows this computer what the parts have counted', async () => {
    const { url, metrics } = await startServer();
    metrics.eventReceived('local', 'received');
    metrics.eventReceived('local', 'received');
    metrics.answered('local', 0.02);
    metrics.watch('ecadesk_outbox_pending', 'Messages not delivered yet', async () => 7);
    metrics.watch('ecadesk_journeys_stuck', 'People who are stuck', () =>
      Promise.reject(new Error('no database')),
    );
    await fetch(`${url}/healthz?token=hunter2`);
    const body = await (await fetch(`${url}/metrics`)).text();
    expect(body).toContain('ecadesk_events_received_total{channel="local",result="received"} 2');
    expect(body).toContain('ecadesk_press_to_reply_seconds_bucket{le="0.025",channel="local"} 1');
    expect(body).toContain('ecadesk_outbox_pending 7');
    expect(body).toContain('ecadesk_journeys_stuck Nan');
    expect(body).toContain('ecadesk_http_request_seconds_count{route="/healthz",status="200"} 1');
    expect(body).not.toContain('hunter2');
  });

  it('asks a proxy for a desk key', async () => {
    const { url } = await startServer({ apiKeys });
    const ask = (headers: Record<string, string>) =>
      fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '127.0.0.1', ...headers } }).then(
        (r) => r.status,
      );
    expect(await ask({})).toBe(401);
    expect(await ask({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await ask({ authorization: `Bearer ${apiKeys[1]?.sha256}` })).toBe(401);
    expect(await ask({ authorization: `Bearer ${key}` })).toBe(200);
  });

  const elsewhere = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  it.skipIf(elsewhere === undefined)('asks other computers for a desk key', async () => {
    const { url } = await startServer({ apiKeys, config: { host: '0.0.0.0' } });
    const outside = `http://${elsewhere}:${new URL(url).port}/metrics`;
    expect((await fetch(outside)).status).toBe(401);
    expect((await fetch(outside, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  });
});
