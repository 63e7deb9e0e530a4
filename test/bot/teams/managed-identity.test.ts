import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clouds } from '../../../src/bot/teams/cloud.ts';
import { appId, tenant } from '../../support/teams/activities.ts';
import { sender } from '../../support/teams/sender.ts';

/** What Azure gives to a host with a managed identity: an address that hands out its tokens, and a connector to show them to. */
const asked: URL[] = [];
const shown: string[] = [];
const token = `header.${Buffer.from('{}').toString('base64url')}.signature`;
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://x');
  response.setHeader('content-type', 'application/json');
  if (url.pathname === '/msi' && request.headers['x-identity-header'] === 'header-of-the-test') {
    asked.push(url);
    const until = String(Math.floor(Date.now() / 1000) + 3600);
    return void response.end(
      JSON.stringify({ access_token: token, expires_on: until, token_type: 'Bearer' }),
    );
  }
  shown.push(request.headers.authorization ?? '');
  response.end(JSON.stringify({ id: 'm1' }));
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  process.env.IDENTITY_ENDPOINT = `${url}/msi`;
  process.env.IDENTITY_HEADER = 'header-of-the-test';
});
afterAll(async () => {
  delete process.env.IDENTITY_ENDPOINT;
  delete process.env.IDENTITY_HEADER;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe.each(['public', 'usgov'] as const)('a managed identity in the %s cloud', (cloud) => {
  it('signs what goes out with its token, asked for this identity and this cloud; no secret is needed', async () => {
    asked.length = 0;
    shown.length = 0;
    const app = { id: appId, password: null, type: 'UserAssignedMSI', tenantId: tenant } as const;
    await (await sender(cloud, app, `${url}/`)).send();
    expect(shown).toEqual([`Bearer ${token}`]);
    expect(asked.map((one) => [one.searchParams.get('client_id'), one.searchParams.get('resource')])).toEqual(
      [[appId, clouds[cloud].scope]],
    );
  });
});
