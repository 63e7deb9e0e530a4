import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeKeyPair, openscReport, systemReport, tokenReport } from '../../src/agent/protocol.ts';
import {
  type AgentProcess,
  alreadyPaired,
  makeHome,
  startAgent,
  type TestHome,
} from '../support/agent/agent-process.ts';
import { reportOf, startTestServer, type TestServer } from '../support/agent/test-server.ts';

let server: TestServer;
let home: TestHome;
const running: AgentProcess[] = [];

beforeEach(async () => {
  server = await startTestServer();
  home = makeHome();
});
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.end('SIGKILL');
  await server.stop();
  home.remove();
});

function start(args: readonly string[] = ['run'], more: Parameters<typeof startAgent>[1] = {}): AgentProcess {
  const agent = startAgent([...args, '--home', home.path], more);
  running.push(agent);
  return agent;
}

const count = (text: string, words: string): number => text.split(words).length - 1;

test('connects, looks at what it is asked, tells each result, and ends cleanly', async () => {
  alreadyPaired(server, home.path);
  const agent = start(['run', '--module', '/nonexistent/module.so'], {
    world: { bootedAt: 1_700_000_000_000 },
  });
  const link = await server.link();
  expect(link.hello).toMatchObject({ device: server.device, on: true, bootedAt: 1_700_000_000_000 });
  const { task } = link.command({ action: 'system.inspect' });
  await link.frame('began', (frame) => frame.task === task);
  expect(reportOf(await link.outcome(task), systemReport)).toMatchObject({
    platform: process.platform,
    bootedAt: 1_700_000_000_000,
  });
  const opensc = link.command({ action: 'opensc.inspect' });
  expect(reportOf(await link.outcome(opensc.task), openscReport)).toEqual({ present: false, version: null });
  const token = link.command({ action: 'token.inspect' });
  expect(reportOf(await link.outcome(token.task), tokenReport)).toMatchObject({
    outcome: 'missing',
    look: null,
  });
  const watch = link.command({ action: 'token.watch', parameters: { minutes: 1 } });
  expect(await link.outcome(watch.task)).toMatchObject({ status: 'failed', code: 'no-module' });
  expect(await agent.end('SIGTERM')).toBe(0);
  expect(agent.text).toContain('The agent has ended.');
  const log = start(['log']);
  expect(await log.ended).toBe(0);
  expect(log.text).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} {2}Done: look at which computer/m);
});

test('a server with another key is not believed: nothing is done, and the person is told once', async () => {
  alreadyPaired(server, home.path);
  server.behaviour.sealWith = makeKeyPair();
  const agent = start();
  await agent.says('is not the server that this computer was paired with');
  const first = server.connections;
  while (server.connections < first + 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(count(agent.text, 'paired with')).toBe(1);
  expect(agent.text).not.toContain('Connected');
});

test('a welcome over another nonce, or for another device, proves nothing', async () => {
  alreadyPaired(server, home.path);
  const welcomes = [
    { device: server.device, answer: 'A'.repeat(22) },
    { device: '11111111-1111-4111-8111-111111111111', answer: null },
  ];
  let tried = 0;
  server.behaviour.welcome = (hello) => {
    const other = welcomes[tried++ % 2];
    const said = {
      device: other?.device,
      answer: other?.answer ?? hello.nonce,
      mode: 'change',
      at: Date.now(),
    };
    return { type: 'welcome', signed: server.seal('server-welcome', said) };
  };
  const agent = start();
  while (tried < 4) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(agent.text).not.toContain('Connected');
});

test('a link that breaks is opened again, and what was not taken is told again', async () => {
  alreadyPaired(server, home.path);
  const agent = start();
  const first = await server.link();
  const { task } = first.command({ action: 'system.inspect' });
  await first.outcome(task, false);
  first.cut();
  const second = await server.link();
  expect(await second.outcome(task)).toMatchObject({ status: 'done' });
  // Once taken, it is told no more: the third link hears of another task only.
  const next = second.command({ action: 'system.inspect' });
  await second.outcome(next.task, false);
  second.cut();
  const third = await server.link();
  await third.outcome(next.task);
  expect(third.frames.some((frame) => 'task' in frame && frame.task === task)).toBe(false);
  expect(count(agent.text, 'Connected')).toBe(3);
});

test('a server that falls silent is left for a new link', async () => {
  alreadyPaired(server, home.path);
  start(['run'], { world: { heartbeatMs: 300 } });
  const first = await server.link();
  await first.closed;
  await server.link();
});

test('pings keep a quiet link', async () => {
  alreadyPaired(server, home.path);
  start(['run'], { world: { heartbeatMs: 3_000 } });
  const link = await server.link();
  const begun = performance.now();
  // Longer than silence would be borne.
  while (performance.now() - begun < 10_000) {
    await link.ping();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const { task } = link.command({ action: 'system.inspect' });
  await link.outcome(task);
  expect(server.connections).toBe(1);
});

test('the server gone: told once, tried again until it is back', async () => {
  alreadyPaired(server, home.path);
  const { port } = new URL(server.url);
  const { key, device, agentKey } = server;
  await server.stop();
  const agent = start();
  await agent.says('cannot be reached');
  server = await startTestServer({ port: Number(port), key });
  Object.assign(server, { device, agentKey });
  await server.link();
  await agent.says('Connected');
  expect(count(agent.text, 'cannot be reached')).toBe(1);
});

test('a clock that is wrong is told with both times', async () => {
  alreadyPaired(server, home.path);
  server.behaviour.welcome = () => ({ type: 'clock-wrong', serverTime: Date.UTC(2031, 0, 2) });
  const agent = start();
  await agent.says("Set this computer's clock");
  expect(agent.text).toMatch(/it says \d{4}-.*server says 2031-01-0/);
});

test('goodbye for good deletes the key and ends with 1; only the proven server can say it', async () => {
  alreadyPaired(server, home.path);
  const agent = start();
  const link = await server.link();
  const stranger = makeKeyPair();
  server.behaviour.sealWith = stranger;
  link.goodbye('unpaired');
  await link.closed;
  server.behaviour.sealWith = undefined;
  const second = await server.link();
  expect(existsSync(join(home.path, 'pairing.json'))).toBe(true);
  second.goodbye('unpaired');
  expect(await agent.ended).toBe(1);
  expect(agent.text).toContain('no longer paired');
  expect(readdirSync(home.path)).not.toContain('pairing.json');
});

test('one run for each home', async () => {
  alreadyPaired(server, home.path);
  start();
  await server.link();
  const second = start(['run'], { world: { lockWaitMs: 0 } });
  expect(await second.ended).toBe(2);
  expect(second.text).toContain('runs already');
});

test('off and on are told to the server, hold over a restart, and nothing is done while off', async () => {
  alreadyPaired(server, home.path);
  const agent = start();
  const link = await server.link();
  agent.type('off');
  expect(await link.frame('switch')).toEqual({ type: 'switch', on: false });
  const { task } = link.command({ action: 'system.inspect' });
  expect(await link.outcome(task)).toMatchObject({ status: 'refused', code: 'switched-off' });
  await agent.end();
  const again = start();
  await again.says('Switched off');
  const second = await server.link();
  expect(second.hello.on).toBe(false);
  again.type('on');
  expect(await second.frame('switch')).toEqual({ type: 'switch', on: true });
  const next = second.command({ action: 'system.inspect' });
  expect(await second.outcome(next.task)).toMatchObject({ status: 'done' });
});

test('unpair deletes key and trust, tells the server, and a run of it ends', async () => {
  server.trust = { bundle: Buffer.from('anything').toString('base64'), roots: ['aa'] };
  alreadyPaired(server, home.path);
  const agent = start();
  await server.link();
  const unpair = start(['unpair']);
  const last = await server.link();
  await last.frame('unpair');
  last.goodbye('unpaired');
  expect(await unpair.ended).toBe(0);
  expect(unpair.text).toMatch(/deleted\.\nThe help desk knows/);
  expect(await agent.ended).toBe(1);
  expect(readdirSync(home.path).sort()).toEqual(['receipts.log']);
});

test('unpair without the server deletes them all the same, and says so', async () => {
  alreadyPaired(server, home.path);
  await server.stop();
  const unpair = start(['unpair']);
  expect(await unpair.ended).toBe(0);
  expect(unpair.text).toMatch(/deleted\.\nThe help desk could not be told now/);
  expect(existsSync(join(home.path, 'pairing.json'))).toBe(false);
  server = await startTestServer();
});

test('without a pairing, and with a damaged one, run says what to do and ends with 2', async () => {
  const none = start();
  expect([await none.ended, none.text]).toEqual([2, expect.stringContaining('Pair this computer first')]);
  alreadyPaired(server, home.path);
  writeFileSync(join(home.path, 'pairing.json'), '{"v":1}');
  const damaged = start();
  expect([await damaged.ended, damaged.text]).toEqual([2, expect.stringContaining('damaged')]);
});
