import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Command, makeKeyPair, seal } from '../../src/agent/protocol.ts';
import type { TestWorld } from '../support/agent/agent-entry.ts';
import {
  type AgentProcess,
  alreadyPaired,
  makeHome,
  startAgent,
  type TestHome,
} from '../support/agent/agent-process.ts';
import { type OpenLink, startTestServer, type TestServer } from '../support/agent/test-server.ts';

let server: TestServer;
let home: TestHome;
/** Where the stand-in for the executor keeps what it did. */
let executor: string;
const running: AgentProcess[] = [];

beforeEach(async () => {
  server = await startTestServer();
  home = makeHome();
  executor = mkdtempSync(join(tmpdir(), 'eca-executor-'));
  // A module that is there and cannot be loaded: a watch through it goes on trying until it is ended.
  alreadyPaired(server, home.path, join(executor, 'module.so'));
  writeFileSync(join(executor, 'module.so'), '');
});
afterEach(async () => {
  for (const agent of running.splice(0)) await agent.end('SIGKILL');
  await server.stop();
  home.remove();
  rmSync(executor, { recursive: true });
});

async function start(world: TestWorld = {}, env: NodeJS.ProcessEnv = {}): Promise<[AgentProcess, OpenLink]> {
  const agent = startAgent(['run', '--home', home.path], { env, world: { executor, ...world } });
  running.push(agent);
  return [agent, await server.link()];
}

const receipts = (): string => readFileSync(join(home.path, 'receipts.log'), 'utf8');
const deeds = (): string[] => {
  const text = readdirSync(executor).includes('done.log')
    ? readFileSync(join(executor, 'done.log'), 'utf8')
    : '';
  return text.split('\n').filter((line) => line !== '');
};
const hold = (): void => writeFileSync(join(executor, 'hold'), '');
const install = { action: 'opensc.install', parameters: { version: '0.27.1' } } as const;
const watch = { action: 'token.watch', parameters: { minutes: 60 } } as const;

test('what may not be asked is refused with a code, each with a receipt; what is forged is not answered', async () => {
  const [agent, link] = await start({ hostname: 'h'.repeat(9_000) });
  const good = link.command({ action: 'opensc.inspect' });
  await link.outcome(good.task);
  const again = (change: Partial<Command>): Command => ({
    ...good,
    task: crypto.randomUUID(),
    nonce: 'x'.repeat(22),
    sequence: 900,
    ...change,
  });
  const forged = again({});
  link.say({ type: 'command', signed: seal(makeKeyPair().privateKey, 'command', forged) });
  const sealed = server.seal('command', again({}));
  link.say({
    type: 'command',
    signed: { ...sealed, body: sealed.body.replace('opensc.inspect', 'token.inspect') },
  });
  const minute = 60_000;
  const cases: [Partial<Command>, string][] = [
    [{ device: crypto.randomUUID() }, 'other-device'],
    [{ issuedAt: Date.now() - 60 * minute, expiresAt: Date.now() - 30 * minute }, 'expired'],
    [{ issuedAt: Date.now() + 30 * minute, expiresAt: Date.now() + 31 * minute }, 'in-the-future'],
    [{ sequence: good.sequence }, 'replayed'],
    [{ nonce: good.nonce }, 'replayed'],
    [{ action: 'shell\u001b[2J.run', parameters: { command: 'id' } }, 'unknown-action'],
    [
      {
        action: 'token.inspect',
        parameters: { module: '/tmp/evil.so' },
        sequence: 901,
        nonce: 'y'.repeat(22),
      },
      'bad-parameters',
    ],
    [{ action: 'system.inspect', sequence: 902, nonce: 'z'.repeat(22) }, 'too-long'],
  ];
  for (const [change, code] of cases) {
    const wanted = again(change);
    link.say({ type: 'command', signed: server.seal('command', wanted) });
    expect(await link.outcome(wanted.task)).toMatchObject({ status: 'refused', code });
    expect(receipts()).toContain(`(${code})`);
  }
  expect(link.frames.some((frame) => 'task' in frame && frame.task === forged.task)).toBe(false);
  expect(receipts().match(/does not bear the help desk's signature/g)).toHaveLength(2);
  expect(receipts()).not.toMatch(/PRIVATE|PIN:/);
  // What the server calls an action cannot steer the terminal.
  await agent.says('shell�[2J.run');
  expect(agent.text).not.toContain('\u001b');
});

test('a task that comes again is not done again: what is known of it is told', async () => {
  const [agent, link] = await start();
  const first = link.command(install);
  await agent.says('Type yes');
  agent.type('yes');
  expect(await link.outcome(first.task, false)).toEqual({
    status: 'done',
    report: { version: '0.27.1', restartNeeded: true },
  });
  link.frames.length = 0;
  link.command({ ...install, task: first.task });
  expect(await link.outcome(first.task)).toMatchObject({ status: 'done' });
  // A replay of the very first command changes nothing of what is known either.
  link.frames.length = 0;
  link.say({ type: 'command', signed: server.seal('command', first) });
  link.command({ ...install, task: first.task });
  expect(await link.outcome(first.task)).toMatchObject({ status: 'failed', code: 'told-already' });
  expect(deeds()).toEqual(['install 0.27.1']);
});

test('consent: what will happen, who asks and how long is said; yes does it', async () => {
  const [agent, link] = await start({ consentMs: 60_000 });
  const { task } = link.command({ action: 'system.restart' });
  await agent.says('Type yes to allow it. Anything else, or no answer within 1 minute, means no.');
  expect(agent.text).toContain('The help desk of Example Corp asks, for Kim Lee:');
  expect(agent.text).toContain('RESTART THIS COMPUTER?');
  await link.frame('began', (frame) => frame.task === task);
  expect(deeds()).toEqual([]);
  agent.type('yes');
  await agent.says('The agent will now restart this computer.');
  while (deeds().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(deeds()).toEqual(['restart']);
});

test.each(['no', 'y', 'YES', 'yes!', ''])('consent: %j is no', async (line) => {
  const [agent, link] = await start();
  const { task } = link.command(install);
  await agent.says('Type yes');
  agent.type(line);
  expect(await link.outcome(task)).toEqual({ status: 'declined' });
  await agent.says('Declined: install OpenSC 0.27.1');
  expect(deeds()).toEqual([]);
});

test('consent: no answer in time is no, and a yes after it allows nothing', async () => {
  const [agent, link] = await start({ consentMs: 300 });
  const { task } = link.command(install);
  expect(await link.outcome(task)).toEqual({ status: 'timed-out' });
  agent.type('yes');
  await agent.says('Type off to switch');
  expect(deeds()).toEqual([]);
});

test('consent: a terminal that is closed is no, before the question and during it', async () => {
  const [agent, link] = await start();
  const asked = link.command(install);
  await agent.says('Type yes');
  agent.child.stdin.end();
  expect(await link.outcome(asked.task)).toEqual({ status: 'timed-out' });
  const later = link.command(install);
  expect(await link.outcome(later.task)).toEqual({ status: 'timed-out' });
  expect(deeds()).toEqual([]);
});

test('consent: off is no, and switches off', async () => {
  const [agent, link] = await start();
  const { task } = link.command(install);
  await agent.says('Type yes');
  agent.type('off');
  expect(await link.outcome(task)).toEqual({ status: 'declined' });
  expect(await link.frame('switch')).toEqual({ type: 'switch', on: false });
});

test('changes are asked one at a time; looks go on meanwhile', async () => {
  const [agent, link] = await start();
  const first = link.command(install);
  const second = link.command({ action: 'system.restart' });
  await agent.says('INSTALL OPENSC 0.27.1');
  const look = link.command({ action: 'system.inspect' });
  expect(await link.outcome(look.task)).toMatchObject({ status: 'done' });
  expect(agent.text).not.toContain('RESTART THIS COMPUTER');
  hold();
  agent.type('yes');
  await agent.says('will now install');
  const another = link.command({ action: 'system.inspect' });
  await link.outcome(another.task);
  expect(agent.text).not.toContain('RESTART THIS COMPUTER');
  rmSync(join(executor, 'hold'));
  expect(await link.outcome(first.task)).toMatchObject({ status: 'done' });
  await agent.says('RESTART THIS COMPUTER');
  agent.type('no');
  expect(await link.outcome(second.task)).toEqual({ status: 'declined' });
});

test('the computer\'s own AGENT=look is stricter than the organisation\'s "change"', async () => {
  const [, link] = await start({}, { AGENT: 'look' });
  const { task } = link.command(install);
  expect(await link.outcome(task)).toMatchObject({ status: 'refused', code: 'not-allowed' });
});

test('a stop of all agents ends what is in hand, is believed only when sealed and newer, and holds over a restart', async () => {
  const [agent, link] = await start();
  const at = Date.now() + 1_000;
  const watching = link.command(watch);
  const changing = link.command(install);
  await agent.says('Type yes');
  const word = { device: server.device, mode: 'off', at } as const;
  link.say({ type: 'policy', signed: seal(makeKeyPair().privateKey, 'policy', word) });
  link.policy('off', 1);
  const still = link.command({ action: 'system.inspect' });
  expect(await link.outcome(still.task)).toMatchObject({ status: 'done' });
  link.policy('off', at);
  expect(await link.outcome(watching.task)).toMatchObject({ status: 'failed', code: 'not-allowed' });
  // Nobody there said no: it is not put into the person's mouth.
  expect(await link.outcome(changing.task)).toMatchObject({ status: 'failed', code: 'not-allowed' });
  await agent.says('has stopped its agents');
  const refused = link.command({ action: 'system.inspect' });
  expect(await link.outcome(refused.task)).toMatchObject({ status: 'refused', code: 'not-allowed' });
  await agent.end();
  server.mode = 'off';
  const [, second] = await start();
  const again = second.command({ action: 'system.inspect' });
  expect(await second.outcome(again.task)).toMatchObject({ status: 'refused', code: 'not-allowed' });
  second.policy('change', at + 60_000);
  const allowed = second.command({ action: 'system.inspect' });
  expect(await second.outcome(allowed.task)).toMatchObject({ status: 'done' });
});

test('off ends a look that is in hand', async () => {
  const [agent, link] = await start();
  const { task } = link.command(watch);
  await link.frame('began');
  agent.type('off');
  expect(await link.outcome(task)).toMatchObject({ status: 'failed', code: 'switched-off' });
});

test('the time limit of an action ends it', async () => {
  const [, link] = await start({ limitMs: 400 });
  const { task } = link.command(watch);
  expect(await link.outcome(task)).toEqual({ status: 'timed-out' });
});

test('too many looks at once are refused', async () => {
  const [, link] = await start();
  // A watch ends the one before it; looks through a module that cannot be loaded take their time.
  const tasks = Array.from({ length: 7 }, () => link.command({ action: 'token.inspect' }).task);
  expect(await link.outcome(tasks[6] ?? '')).toMatchObject({ status: 'refused', code: 'busy' });
});

test('a change that fails says why, in plain words', async () => {
  const [agent, link] = await start();
  writeFileSync(join(executor, 'fail'), '');
  const { task } = link.command(install);
  await agent.says('Type yes');
  agent.type('yes');
  expect(await link.outcome(task)).toMatchObject({ status: 'failed', code: 'no-rights' });
  await agent.says('Failed: install OpenSC 0.27.1');
});

test('the real executor changes nothing on this computer yet, and says so', async () => {
  const [agent, link] = await start({ executor: undefined });
  const { task } = link.command(install);
  await agent.says('Type yes');
  agent.type('yes');
  expect(await link.outcome(task)).toMatchObject({ status: 'failed', code: 'not-on-this-computer' });
});

test('killed in the middle of a look: it has failed at the next start, once', async () => {
  const [agent, link] = await start();
  const { task } = link.command(watch);
  await link.frame('began');
  await agent.end('SIGKILL');
  const [, second] = await start();
  expect(await second.outcome(task)).toMatchObject({ status: 'failed', code: 'interrupted' });
  expect(receipts()).toContain('(interrupted)');
});

test.each(['system.inspect', 'opensc.inspect', 'token.inspect'])(
  'killed as soon as %s begins: it ends as done or interrupted, and only once',
  async (action) => {
    const [agent, link] = await start();
    const { task } = link.command({ action });
    await link.frame('began');
    await agent.end('SIGKILL');
    const [, next] = await start();
    const outcome = await next.outcome(task);
    expect(outcome.status === 'failed' ? outcome.code : outcome.status).toMatch(/^(done|interrupted)$/);
    next.frames.length = 0;
    next.command({ action, task });
    expect(await next.outcome(task)).toMatchObject({ status: 'failed', code: 'told-already' });
  },
);

test('killed while it asks: nothing was done, and nothing is asked again', async () => {
  const [agent, link] = await start();
  const { task } = link.command(install);
  await agent.says('Type yes');
  await agent.end('SIGKILL');
  const [second, next] = await start();
  expect(await next.outcome(task)).toMatchObject({ status: 'failed', code: 'interrupted' });
  expect([deeds(), second.text.includes('Type yes')]).toEqual([[], false]);
});

test.each([
  ['0.27.1', { status: 'done', report: { version: '0.27.1', restartNeeded: true } }],
  ['0.26.1', { status: 'failed', code: 'interrupted' }],
  [null, { status: 'failed', code: 'interrupted' }],
])(
  'killed while it installs: with %s installed at the next start, that is told',
  async (installed, outcome) => {
    hold();
    const [agent, link] = await start();
    const { task } = link.command(install);
    await agent.says('Type yes');
    agent.type('yes');
    while (deeds().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await agent.end('SIGKILL');
    if (installed !== null) writeFileSync(join(executor, 'installed'), installed);
    const [, second] = await start();
    expect(await second.outcome(task)).toMatchObject(outcome);
    expect(deeds()).toEqual(['install 0.27.1']);
  },
);

test.each([
  ['later', 'SIGTERM', 3_600_000, { status: 'done' }],
  ['later', 'SIGKILL', 3_600_000, { status: 'done' }],
  ['not later', 'SIGTERM', -3_600_000, { status: 'failed', code: 'interrupted' }],
  ['not later', 'SIGKILL', -3_600_000, { status: 'failed', code: 'interrupted' }],
] as const)(
  'a restart: the computer came up %s than it was asked to, after %s',
  async (_, signal, after, outcome) => {
    const [agent, link] = await start();
    const { task } = link.command({ action: 'system.restart' });
    await agent.says('Type yes');
    agent.type('yes');
    while (deeds().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await agent.end(signal);
    const [, second] = await start({ bootedAt: Date.now() + after });
    expect(await second.outcome(task)).toMatchObject(outcome);
    expect(deeds()).toEqual(['restart']);
  },
);

test('a damaged list of tasks is set aside with a clear word, and nothing older is believed', async () => {
  writeFileSync(join(home.path, 'tasks.json'), 'not JSON');
  const [agent, link] = await start();
  expect(agent.text).toContain('The list of tasks was damaged and was set aside');
  const old = link.command({ action: 'system.inspect', issuedAt: Date.now() - 120_000 });
  expect(await link.outcome(old.task)).toMatchObject({ status: 'refused', code: 'replayed' });
  const fresh = link.command({ action: 'system.inspect', issuedAt: Date.now() + 1_000 });
  expect(await link.outcome(fresh.task)).toMatchObject({ status: 'done' });
});
