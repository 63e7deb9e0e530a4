import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import https from 'node:https';
import { connect } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clouds } from '../../../src/bot/teams/cloud.ts';
import { makeTls } from '../../support/agent/tls.ts';
import { tenant } from '../../support/teams/activities.ts';
import { sender } from '../../support/teams/sender.ts';

/**
 * Microsoft's login, whose addresses its own client library insists on: every TLS connection of this process goes to a
 * server of ours, which has a certificate for them. Beside it a connector that notes what it is shown.
 */
const hosts = { public: 'login.microsoftonline.com', usgov: 'login.microsoftonline.us' };
const secret = 'the-secret-of-the-application';
const logins: { address: string; form: Record<string, string> }[] = [];
const shown: string[] = [];
let accepted = secret;
let tokens = 0;

const connector = createServer((request, response) => {
  shown.push(request.headers.authorization ?? '');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'm1' }));
});
let login: https.Server;
let url = '';
const own = https.globalAgent;

beforeAll(async () => {
  const { ca, cert, key } = await makeTls(Object.values(hosts));
  login = https.createServer({ cert, key }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      logins.push({ address: `${request.headers.host}${request.url?.split('?')[0]}`, form });
      response.setHeader('content-type', 'application/json');
      if (form.client_secret === accepted) {
        tokens += 1;
        const answer = { token_type: 'Bearer', expires_in: 3600, access_token: `token-${tokens}` };
        return response.end(JSON.stringify(answer));
      }
      const error_description = 'AADSTS7000215: Invalid client secret provided.';
      response.writeHead(401).end(JSON.stringify({ error: 'invalid_client', error_description }));
    });
  });
  const ports: number[] = [];
  for (const server of [login, connector]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    ports.push(typeof address === 'object' && address ? address.port : 0);
  }
  const [loginPort, connectorPort] = ports;
  url = `http://127.0.0.1:${connectorPort}/`;
  class Diverted extends https.Agent {
    override createConnection(options: https.RequestOptions) {
      const servername = options.servername ?? options.host ?? '';
      return connect({ host: '127.0.0.1', port: loginPort, servername, ca });
    }
  }
  https.globalAgent = new Diverted();
});
afterAll(async () => {
  https.globalAgent.destroy();
  https.globalAgent = own;
  for (const server of [login, connector]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
beforeEach(() => {
  logins.length = 0;
  shown.length = 0;
  accepted = secret;
});

describe.each(['public', 'usgov'] as const)('an application with a secret in the %s cloud', (cloud) => {
  /** Each is an application of its own: the SDK keeps tokens by the application. */
  async function application() {
    const app = { id: randomUUID(), password: secret, type: 'SingleTenant', tenantId: tenant } as const;
    return { ...(await sender(cloud, app, url)), appId: app.id };
  }

  it('logs in to its own tenant at the cloud’s login, and signs what goes out, twice with one login', async () => {
    const { send, appId } = await application();
    await send();
    await send();
    expect(logins.map(({ address }) => address)).toEqual([`${hosts[cloud]}/${tenant}/oauth2/v2.0/token`]);
    expect(logins[0]?.form).toMatchObject({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: expect.stringContaining(`${clouds[cloud].scope}/.default`),
    });
    expect(shown).toEqual([`Bearer token-${tokens}`, `Bearer token-${tokens}`]);
  });

  it('sends nothing while the login refuses it, names no secret, and goes on once it is let in', async () => {
    accepted = 'another';
    const { send, warned } = await application();
    const refused = await send().catch((error: unknown) => error);
    expect(shown).toEqual([]);
    expect(refused).toMatchObject({ code: 'unavailable' });
    expect(inspect([refused, warned], { depth: 10 })).not.toContain(secret);
    accepted = secret;
    await send();
    expect(shown).toEqual([`Bearer token-${tokens}`]);
  });
});
