import { request } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bodyLimit } from '../../src/server/create-server.ts';
import { Problem, problems } from '../../src/server/problem.ts';
import { startServer } from '../support/server.ts';

const json = { 'content-type': 'application/json' };

describe('Every answer', () => {
  it('carries the security headers and its own request id', async () => {
    const { url } = await startServer();
    const first = await fetch(`${url}/healthz`, {
      headers: { 'request-id': 'mine', 'x-request-id': 'mine' },
    });
    const second = await fetch(`${url}/healthz`);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = first.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(first.headers.get('strict-transport-security')).toBeNull();
    expect(first.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.headers.get('x-request-id')).not.toBe(second.headers.get('x-request-id'));
  });

  it('asks browsers to keep to https where the public address is https', async () => {
    const { url } = await startServer({ config: { publicUrl: 'https://ecadesk.example.com' } });
    const { headers } = await fetch(`${url}/healthz`);
    expect(headers.get('strict-transport-security')).toContain('max-age=31536000');
  });
});

describe('An error', () => {
  it('is a problem (RFC 9457) with a code, and the request id that the log has too', async () => {
    const { url } = await startServer();
    const response = await fetch(`${url}/nowhere`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const instance = `urn:ecadesk:request:${response.headers.get('x-request-id')}`;
    expect(await response.json()).toEqual({
      type: 'urn:ecadesk:problem:not-found',
      title: problems['not-found'].title,
      status: 404,
      code: 'not-found',
      instance,
    });
  });

  it('of ours tells the log everything and the caller nothing', async () => {
    const { url, log } = await startServer({
      routes: (app) => {
        app.get('/broken', () => {
          throw new Error('relation "Journey" is not there');
        });
      },
    });
    const response = await fetch(`${url}/broken`);
    const body = await response.text();
    expect(response.status).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ code: 'internal', status: 500 });
    expect(body).not.toMatch(/Journey|stack|\.ts/);
    expect(log()).toContain('relation');
  });

  it('of the caller says where and what', async () => {
    const { url } = await startServer({
      routes: (app) => {
        app
          .withTypeProvider<ZodTypeProvider>()
          .post('/steps', { schema: { body: z.object({ step: z.string() }) } }, () => 'ok');
      },
    });
    const response = await fetch(`${url}/steps`, { method: 'POST', headers: json, body: '{"step":5}' });
    const problem: unknown = await response.json();
    expect(response.status).toBe(400);
    expect(problem).toMatchObject({ code: 'bad-request', errors: [{ path: 'body/step' }] });
  });

  it('thrown as a problem keeps its code and sentence', async () => {
    const { url } = await startServer({
      routes: (app) => {
        app.get('/gone', () => {
          throw new Problem('gone', { detail: 'This link was used already: ask for a new one.' });
        });
      },
    });
    const response = await fetch(`${url}/gone`);
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({
      code: 'gone',
      detail: 'This link was used already: ask for a new one.',
    });
  });

  it.each([
    ['a body that is no JSON', json, '{', 400, 'bad-request'],
    ['a body of another kind', { 'content-type': 'text/xml' }, '<a/>', 415, 'wrong-media-type'],
    ['a body that is too large', json, JSON.stringify('x'.repeat(bodyLimit)), 413, 'too-large'],
  ])('answers %s', async (_what, headers, body, status, code) => {
    const { url } = await startServer({ routes: (app) => app.post('/in', () => 'ok') });
    const response = await fetch(`${url}/in`, { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, status });
  });
});

describe('Forwarded addresses', () => {
  const ipOf = (trustProxy: number | false, forwarded: string) =>
    startServer({
      config: { trustProxy },
      routes: (app) => {
        app.get('/ip', (req) => req.ip);
      },
    }).then(({ url }) =>
      fetch(`${url}/ip`, { headers: { 'x-forwarded-for': forwarded } }).then((r) => r.text()),
    );

  it('are believed only for as many proxies as the configuration says', async () => {
    expect(await ipOf(false, '203.0.113.9')).toBe('127.0.0.1');
    expect(await ipOf(1, '198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
    expect(await ipOf(2, '198.51.100.1, 203.0.113.9')).toBe('198.51.100.1');
  });
});

describe('A connection that speaks no HTTP', () => {
  it('is refused without stopping the server', async () => {
    const { url } = await startServer();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(url, { headers: { 'x-large': 'x'.repeat(40_000) } }, (response) => resolve(response.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(431);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
