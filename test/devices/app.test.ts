import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PairingClient, problemOf, TestAgent } from '../support/agent/test-agent.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { ChatClient } from '../support/chat-client.ts';
import { button } from '../support/walk.ts';

let app: TestApp;
afterEach(() => app.end());

/** For what follows an answer: delivery. */
const patient = { timeout: 60_000 };
const key = 'a-key';
const env = { DESK_API_KEYS: `ops:${createHash('sha256').update(key).digest('hex')}` };
const api = (path: string, method = 'POST') =>
  fetch(`${app.address}/api/v1${path}`, { method, headers: { authorization: `Bearer ${key}` } });

it('With AGENT=off there is no pairing, no link and no route', async () => {
  app = await startTestApp({ ...env, AGENT: 'off' });
  const kim = new ChatClient(() => app.address, 'kim');
  await kim.open();
  await kim.say('pair');
  const last = async () => (await kim.messages()).at(-1)?.message.summary;
  await expect.poll(last, patient).toBe('That is not available here.');
  expect((await fetch(`${app.address}/agent/pair`, { method: 'POST' })).status).toBe(404);
  expect((await api('/agents', 'GET')).status).toBe(404);
  const [error] = await once(new WebSocket(`${app.address.replace('http', 'ws')}/agent/link`), 'error');
  expect(String(error)).toContain('404');
  await expect(stat(join(app.dataDir, 'server.key'))).rejects.toThrow('ENOENT');
});

it('In the browser chat a computer is paired, keeps its link over a restart, and is stopped with one press', async () => {
  app = await startTestApp(env);
  const clock = () => app.clock.now;
  const kim = new ChatClient(() => app.address, 'kim');
  await kim.open();
  await kim.press(button(await kim.card(), 'start'));
  await kim.card((c) => c.progress !== undefined);
  await kim.say('pair');
  const code = (await kim.card((c) => c.title?.startsWith('Your code') === true)).title?.slice(11) ?? '';
  const client = new PairingClient(app.address, clock);
  await client.claim(code);
  expect(client.claimed?.who.organisation).toBe("this computer's local chat");
  const number = await client.agree();
  const question = await kim.card((c) => c.title === 'Pair KIMS-PC?');
  await kim.press(button(question, 'pair-number', number));
  await expect
    .poll(async () => (await kim.messages()).some((m) => m.message.summary === 'Paired: KIMS-PC'), patient)
    .toBe(true);
  const identity = await client.identity();

  const first = await TestAgent.link(app.address, identity, { clock });
  await first.command('token.watch');
  const goodbye = first.goodbye();
  await app.restart();
  expect(await goodbye).toBe('stopping');
  const second = await TestAgent.link(app.address, identity, { clock });
  await second.command('token.watch');
  const metrics = await (await fetch(`${app.address}/metrics`)).text();
  expect(metrics).toContain('ecadesk_agents_connected 1');
  // What the journey asked of its new computer: what runs there, and whether OpenSC does.
  expect(metrics).toContain('ecadesk_agent_tasks_pending 2');

  expect((await api('/agents/stop')).status).toBe(200);
  await second.policy('off');
  expect(problemOf(await new PairingClient(app.address, clock).claim(code)).code).toBe('pairing-off');
  expect((await api('/agents/resume')).status).toBe(200);
  await second.policy('look');
  await second.close();
});
