import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { loopbackOnly } from '../../src/server/loopback.ts';
import { startServer, type TestServer } from '../support/server.ts';

async function guarded(): Promise<TestServer> {
  return startServer({
    routes: (app) => {
      app.route({ method: ['GET', 'POST'], url: '/chat', onRequest: loopbackOnly, handler: () => 'in' });
    },
  });
}

/** `fetch` would not let us lie about Host. */
function ask({ url }: TestServer, method: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/chat`, { method, headers }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}

describe('A page for this computer only', () => {
  it.each([
    ['its own address', 'GET', {}],
    ['its name', 'GET', { host: 'localhost:3978' }],
    ['IPv6', 'GET', { host: '[::1]:3978' }],
    [
      'its own script',
      'POST',
      { host: '127.0.0.1:1', origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-origin' },
    ],
    ['a link elsewhere', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ])('opens through %s', async (_how, method, headers) => {
    expect(await ask(await guarded(), method, headers)).toBe(200);
  });

  it.each([
    ['a name that was made to point here', 'GET', { host: 'evil.example.com:3978' }],
    ['a name that only begins like ours', 'GET', { host: '127.0.0.1.evil.example.com' }],
    ["another site's script", 'POST', { origin: 'https://evil.example.com' }],
    ['a page of another port', 'POST', { host: 'localhost:3978', origin: 'http://localhost:8080' }],
    ['a page without an origin', 'POST', { origin: 'null' }],
    ["another site's reading", 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ["another site's form", 'POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['a proxy', 'GET', { 'x-forwarded-for': '127.0.0.1' }],
    ['a proxy of the standard', 'GET', { forwarded: 'for=127.0.0.1' }],
    ['a tunnel', 'GET', { 'x-forwarded-host': 'localhost' }],
    ['a cache', 'GET', { via: '1.1 cache' }],
  ])('stays shut to %s', async (_who, method, headers) => {
    expect(await ask(await guarded(), method, headers)).toBe(403);
  });
});
