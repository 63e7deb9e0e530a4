import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type AgentProcess,
  alreadyPaired,
  makeHome,
  pairWith,
  startAgent,
  type TestHome,
} from '../support/agent/agent-process.ts';
import { type ConnectProxy, startConnectProxy } from '../support/agent/connect-proxy.ts';
import { startTestServer, type TestServer } from '../support/agent/test-server.ts';
import { makeTls } from '../support/agent/tls.ts';

let folder: string;
let trusted: { readonly SSL_CERT_FILE: string };
let tls: Awaited<ReturnType<typeof makeTls>>;
let server: TestServer;
let proxy: ConnectProxy;
let home: TestHome;
const running: AgentProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eca-tls-'));
  tls = await makeTls();
  writeFileSync(join(folder, 'ca.pem'), tls.ca);
  // Where the system keeps what it trusts, on Linux.
  trusted = { SSL_CERT_FILE: join(folder, 'ca.pem') };
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  server = await startTestServer({ tls });
  proxy = await startConnectProxy();
  home = makeHome();
});
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.end('SIGKILL');
  await proxy.stop();
  await server.stop();
  home.remove();
});

function run(env: NodeJS.ProcessEnv): AgentProcess {
  const agent = startAgent(['run', '--home', home.path], { env });
  running.push(agent);
  return agent;
}

const place = (): string => new URL(server.url).host;

test('a certificate that the system trusts is trusted, for pairing and for the link', async () => {
  await pairWith(server, home.path, trusted);
  run(trusted);
  await server.link();
  expect(proxy.asked).toEqual([]);
});

test('one that it does not trust is not: pairing ends, the link is tried on, both say so', async () => {
  const pair = startAgent(['pair', server.code, '--server', server.url, '--home', home.path]);
  expect(await pair.ended).toBe(2);
  expect(pair.text).toContain(`does not trust the certificate of ${place()}`);
  alreadyPaired(server, home.path);
  const agent = run({});
  await agent.says(`does not trust the certificate of ${place()}`);
  expect(server.stages).toEqual([]);
});

test('HTTPS_PROXY carries pairing and the link', async () => {
  const env = { ...trusted, HTTPS_PROXY: proxy.url };
  await pairWith(server, home.path, env);
  expect(new Set(proxy.asked)).toEqual(new Set([place()]));
  const before = proxy.asked.length;
  run(env);
  const link = await server.link();
  expect(proxy.asked.length).toBe(before + 1);
  const { task } = link.command({ action: 'system.inspect' });
  expect(await link.outcome(task)).toMatchObject({ status: 'done' });
});

test('NO_PROXY goes past it', async () => {
  alreadyPaired(server, home.path);
  run({ ...trusted, HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
  await server.link();
  expect(proxy.asked).toEqual([]);
});

test('a proxy that refuses is named as such', async () => {
  proxy.refuseWith(403);
  const env = { ...trusted, HTTPS_PROXY: proxy.url };
  const pair = startAgent(['pair', server.code, '--server', server.url, '--home', home.path], { env });
  expect(await pair.ended).toBe(2);
  expect(pair.text).toContain('the proxy of this network does not let the agent through');
  alreadyPaired(server, home.path);
  const agent = run(env);
  await agent.says('the proxy of this network does not let the agent through');
});

test('a server on this very computer is asked without the proxy', async () => {
  const plain = await startTestServer();
  alreadyPaired(plain, home.path);
  run({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
  await plain.link();
  expect(proxy.asked).toEqual([]);
  await plain.stop();
});
