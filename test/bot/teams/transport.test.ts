import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { ConnectorFault, sendOnce } from '../../../src/bot/teams/transport.ts';
import { makeTls } from '../../support/agent/tls.ts';

/** One request over a kept connection, against real servers that do what connectors should not. */

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** A connector that answers as it is told, and what it was sent. */
async function connector(answer: RequestListener) {
  const seen: string[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    connections.add(request.socket);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`);
      answer(request, response);
    });
  });
  const port = await listening(server);
  return { url: new URL(`http://127.0.0.1:${port}/v3`), seen, connections, server };
}

const post = (url: URL) =>
  sendOnce({ url, method: 'POST', headers: { authorization: 'Bearer secret' }, body: 'hello' });

async function faultOf(url: URL): Promise<ConnectorFault> {
  const fault: unknown = await post(url).catch((error: unknown) => error);
  if (!(fault instanceof ConnectorFault)) throw new Error(`no fault: ${String(fault)}`);
  return fault;
}

it('keeps its connection for the next request, and takes another where that has gone stale', async () => {
  const there = await connector((_, response) => response.end('{"id":"m1"}'));
  there.server.keepAliveTimeout = 60_000;
  expect(await post(there.url)).toBe('{"id":"m1"}');
  expect(await post(there.url)).toBe('{"id":"m1"}');
  expect(there.connections.size).toBe(1);
  for (const socket of there.connections) socket.end();
  await delay(50);
  expect(await post(there.url)).toBe('{"id":"m1"}');
  expect([there.seen.length, there.connections.size]).toEqual([3, 2]);
});

it('follows no redirection: the token is for this address alone', async () => {
  const other = await connector((_, response) => response.end('{}'));
  for (const status of [301, 302, 307, 308]) {
    const there = await connector((_, response) =>
      response.writeHead(status, { location: other.url.href }).end(),
    );
    expect(await faultOf(there.url)).toMatchObject({ status: null, sent: true });
    expect(there.seen).toHaveLength(1);
  }
  expect(other.seen).toEqual([]);
});

it('knows that nothing was sent where nobody listens', async () => {
  const there = await connector((_, response) => response.end());
  for (const end of ends.splice(0)) await end();
  expect(await faultOf(there.url)).toMatchObject({ status: null, sent: false });
});

it('sends nothing to a server whose certificate nobody vouches for', async () => {
  const { key, cert } = await makeTls();
  const seen: unknown[] = [];
  const server = createTlsServer({ key, cert }, (request, response) => {
    seen.push(request.url);
    response.end('{}');
  });
  const port = await listening(server);
  const fault = await faultOf(new URL(`https://127.0.0.1:${port}/v3`));
  expect(fault).toMatchObject({ status: null, sent: false });
  expect(seen).toEqual([]);
});

it('may have arrived where the connection broke before the answer was whole, and is not repeated', async () => {
  const before = await connector((request) => request.socket.destroy());
  expect(await faultOf(before.url)).toMatchObject({ status: null, sent: true });
  expect(before.seen).toHaveLength(1);
  const within = await connector((request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"id"', () => request.socket.destroy());
  });
  expect(await faultOf(within.url)).toMatchObject({ status: null, sent: true });
  expect(within.seen).toHaveLength(1);
});

it('is a fault also where what answers speaks no HTTP', async () => {
  const server = createTcpServer((socket) => socket.on('error', () => {}).write('SSH-2.0-x\r\n'));
  const port = await listening(server);
  expect(await faultOf(new URL(`http://127.0.0.1:${port}/v3`))).toMatchObject({ status: null, sent: true });
});

it('reads how long to wait and why, in either form, and believes no nonsense', async () => {
  const answers: [number, Record<string, string>, string][] = [
    [429, { 'retry-after': '7' }, '{"error":{"code":"TooManyRequests"}}'],
    [429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }, 'no JSON'],
    [502, { 'retry-after': 'soon' }, ''],
    [403, {}, '{"error":{"code":"BotNotInConversationRoster"}}'],
  ];
  const there = await connector((_, response) => {
    const [status, headers, body] = answers.shift() ?? [500, {}, ''];
    response.writeHead(status, headers).end(body);
  });
  expect(await faultOf(there.url)).toMatchObject({ status: 429, code: 'TooManyRequests', retryAfter: 7_000 });
  const dated = await faultOf(there.url);
  expect(dated.code).toBeNull();
  expect(dated.retryAfter).toBeGreaterThan(50_000);
  expect(dated.retryAfter).toBeLessThanOrEqual(60_000);
  expect(await faultOf(there.url)).toMatchObject({ status: 502, code: null, retryAfter: undefined });
  expect(await faultOf(there.url)).toMatchObject({ status: 403, code: 'BotNotInConversationRoster' });
});

it('takes an answer that is too large to be one for none', async () => {
  const there = await connector((_, response) => response.end('x'.repeat(1_000_001)));
  expect(await post(there.url)).toBe('');
});
