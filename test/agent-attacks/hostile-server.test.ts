import { randomBytes, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Command, linkLimits, makeKeyPair, seal } from '../../src/agent/protocol.ts';
import { type AgentProcess, makeHome, pairWith, startAgent } from '../support/agent/agent-process.ts';
import { type OpenLink, startTestServer, type TestServer } from '../support/agent/test-server.ts';

/**
 * The real agent, as a process, with a server that means ill and even has the right key: nothing beyond the list can
 * be run, and nothing is changed without the person at the computer.
 */

const FUZZED = process.env.LONG === '1' ? 10_000 : 2_000;
const home = makeHome();
const deeds = mkdtempSync(join(tmpdir(), 'eca-agent-deeds-'));
let server: TestServer;
let agent: AgentProcess;
let link: OpenLink;

beforeAll(async () => {
  server = await startTestServer();
  await pairWith(server, home.path);
  const env = { PKCS11_MODULE: '/nonexistent/module.so' };
  agent = startAgent(['run', '--home', home.path], { env, world: { executor: deeds, consentMs: 1_500 } });
  link = await server.link();
}, 600_000);
afterAll(async () => {
  await agent.end();
  await server.stop();
  home.remove();
});

/** What the stand-in executor was made to do. */
const done = (): string => {
  const log = join(deeds, 'done.log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
};
const receipts = (): string => readFileSync(join(home.path, 'receipts.log'), 'utf8');
const alive = (): boolean => agent.child.exitCode === null && agent.child.signalCode === null;

/** The agent still does what it is properly asked: after an attack this shows that it lives and was not led astray. */
async function answersStill(): Promise<void> {
  const { task } = link.command({ action: 'system.inspect' });
  expect(await link.outcome(task)).toMatchObject({ status: 'done', report: { platform: 'linux' } });
}

/** The agent's next link that it believes in. */
async function relink(): Promise<void> {
  for (;;) {
    link = await server.link();
    const { task } = link.command({ action: 'system.inspect' });
    if ((await Promise.race([link.outcome(task), link.closed.then(() => null)])) !== null) return;
  }
}

const hour = 3_600_000;
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('commands with the right signature', () => {
  const REFUSED: { attack: string; command: () => Parameters<OpenLink['command']>[0]; ends: string }[] = [
    {
      attack: 'an action that is on no list',
      command: () => ({ action: 'disk.wipe' }),
      ends: 'unknown-action',
    },
    {
      attack: 'a shell',
      command: () => ({ action: 'shell', parameters: { command: 'id' } }),
      ends: 'unknown-action',
    },
    {
      attack: 'a name that every object has',
      command: () => ({ action: 'constructor' }),
      ends: 'unknown-action',
    },
    { attack: 'another such name', command: () => ({ action: '__proto__' }), ends: 'unknown-action' },
    {
      attack: 'a module to load',
      command: () => ({ action: 'token.inspect', parameters: { module: '/tmp/evil.so' } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'a path to read',
      command: () => ({ action: 'system.inspect', parameters: { path: '/etc/passwd' } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'a shell within a version',
      command: () => ({ action: 'opensc.install', parameters: { version: '0.26.1; id' } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'a version that is an address',
      command: () => ({ action: 'opensc.install', parameters: { version: 'https://evil.example/x.msi' } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'a version of no catalogue',
      command: () => ({ action: 'opensc.install', parameters: { version: '0.19.0' } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'an address beside the version',
      command: () => ({ action: 'opensc.install', parameters: { version: '0.26.1', url: 'http://evil' } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'a watch without end',
      command: () => ({ action: 'token.watch', parameters: { minutes: 1e9 } }),
      ends: 'bad-parameters',
    },
    {
      attack: 'a command for another device',
      command: () => ({ action: 'system.inspect', device: crypto.randomUUID() }),
      ends: 'other-device',
    },
    {
      attack: 'a command that has expired',
      command: () => ({
        action: 'system.inspect',
        issuedAt: Date.now() - 2 * hour,
        expiresAt: Date.now() - hour,
      }),
      ends: 'expired',
    },
    {
      attack: 'a command from the future',
      command: () => ({
        action: 'system.inspect',
        issuedAt: Date.now() + hour,
        expiresAt: Date.now() + 2 * hour,
      }),
      ends: 'in-the-future',
    },
    {
      attack: 'a lower sequence',
      command: () => ({ action: 'system.inspect', sequence: 1 }),
      ends: 'replayed',
    },
  ];

  test.each(REFUSED)('$attack: refused, and nothing was done', async ({ command, ends }) => {
    await answersStill();
    const { task } = link.command(command());
    expect(await link.outcome(task)).toMatchObject({ status: 'refused', code: ends });
    expect(done()).toBe('');
  });

  test('a nonce that was used', async () => {
    const first = link.command({ action: 'system.inspect' });
    await link.outcome(first.task);
    const second = link.command({ action: 'system.inspect', nonce: first.nonce });
    expect(await link.outcome(second.task)).toMatchObject({ status: 'refused', code: 'replayed' });
  });

  test('the same task again, properly sealed anew: it is done once, and its end is told again', async () => {
    const first = link.command({ action: 'system.inspect' });
    await link.outcome(first.task, false);
    const before = receipts();
    const told = link.frames.length;
    link.command({ action: 'system.inspect', task: first.task });
    await link.frame('result', (frame) => frame.task === first.task && link.frames.indexOf(frame) >= 0);
    while (link.frames.length === told) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(receipts()).toBe(before);
    link.say({ type: 'taken', task: first.task });
  });

  test('a name that would steer the terminal is shown as what it is', async () => {
    const from = agent.text.length;
    const evil = '\u001b[2J\nType yes \u202e';
    const { task } = link.command({ action: evil });
    expect(await link.outcome(task)).toMatchObject({ status: 'refused', code: 'unknown-action' });
    await agent.says('do something unknown', from);
    const shown = agent.text.slice(from) + receipts();
    expect(['\u001b', '\nType yes', '\u202e'].filter((sign) => shown.includes(sign))).toEqual([]);
  });

  test('parameters nested fifty thousand deep', async () => {
    const { sequence } = link.command({ action: 'system.inspect' });
    const command: Command = {
      task: crypto.randomUUID(),
      device: server.device,
      sequence: sequence + 1,
      nonce: randomBytes(16).toString('base64url'),
      action: 'token.inspect',
      parameters: 0,
      issuedAt: Date.now(),
      expiresAt: Date.now() + 60_000,
    };
    const body = JSON.stringify(command).replace('"parameters":0', `"parameters":${nested(50_000)}`);
    link.say({ type: 'command', signed: sealText(body) });
    expect(await link.outcome(command.task)).toMatchObject({ status: 'refused', code: 'bad-parameters' });
    // This number is used up.
    link.command({ action: 'system.inspect' });
    await answersStill();
  });
});

/** Seals a text that `JSON.stringify` could not write. */
function sealText(body: string) {
  const bytes = Buffer.from(`eca-agent/1/command\n${body}`, 'utf8');
  return { body, signature: sign(null, bytes, server.key.privateKey).toString('base64url') };
}

describe('commands without the right signature', () => {
  const ours = (over: Partial<Command> = {}): Command => ({
    task: crypto.randomUUID(),
    device: server.device,
    sequence: 2 ** 50,
    nonce: randomBytes(16).toString('base64url'),
    action: 'opensc.install',
    parameters: { version: '0.26.1' },
    issuedAt: Date.now(),
    expiresAt: Date.now() + 60_000,
    ...over,
  });
  const FORGED: { attack: string; frame: () => Parameters<OpenLink['say']>[0] }[] = [
    {
      attack: 'sealed with another key',
      frame: () => ({ type: 'command', signed: seal(makeKeyPair().privateKey, 'command', ours()) }),
    },
    {
      attack: 'sealed for another purpose',
      frame: () => ({ type: 'command', signed: server.seal('policy', ours()) }),
    },
    {
      attack: 'changed after it was sealed',
      frame: () => {
        const signed = server.seal('command', ours({ action: 'system.inspect', parameters: {} }));
        return {
          type: 'command',
          signed: { ...signed, body: signed.body.replace('system.inspect', 'system.restart') },
        };
      },
    },
    {
      attack: 'with something more in it',
      frame: () => ({ type: 'command', signed: server.seal('command', { ...ours(), shell: 'id' }) }),
    },
    {
      attack: 'a policy sealed with another key',
      frame: () => ({
        type: 'policy',
        signed: seal(makeKeyPair().privateKey, 'policy', {
          device: server.device,
          mode: 'off',
          at: Date.now(),
        }),
      }),
    },
  ];

  test.each(FORGED)('$attack: nobody is answered, nothing is done', async ({ frame }) => {
    const told = link.frames.length;
    const from = receipts().length;
    link.say(frame());
    await answersStill();
    expect(link.frames.slice(told).map(({ type }) => type)).toEqual(['began', 'result']);
    expect(receipts().slice(from)).toContain('Refused');
    expect(done()).toBe('');
  });
});

describe('changes', () => {
  test('nobody answers: no', async () => {
    const { task } = link.command({ action: 'opensc.install', parameters: { version: '0.26.1' } });
    expect(await link.outcome(task)).toEqual({ status: 'timed-out' });
    expect(done()).toBe('');
  });

  test('a yes that was typed before the question is none', async () => {
    const from = agent.text.length;
    agent.type('yes');
    // It has been read, as a word that answers nothing, before the question comes.
    await agent.says('Type off to switch', from);
    const { task } = link.command({ action: 'system.restart' });
    expect(await link.outcome(task)).toEqual({ status: 'timed-out' });
    expect(done()).toBe('');
  });

  test('anything but the word yes: no', async () => {
    const from = agent.text.length;
    const { task } = link.command({ action: 'system.restart' });
    await agent.says('Type yes to allow it', from);
    agent.type('y');
    expect(await link.outcome(task)).toEqual({ status: 'declined' });
    expect(done()).toBe('');
  });

  test('twenty at once do not wear anybody down: two are asked about, one after the other', async () => {
    const from = agent.text.length;
    const sent = Array.from({ length: 20 }, () => link.command({ action: 'system.restart' }));
    const ends = await Promise.all(sent.map(({ task }) => link.outcome(task)));
    expect(ends.filter((end) => end.status === 'timed-out')).toHaveLength(2);
    expect(ends.filter((end) => end.status === 'refused')).toHaveLength(18);
    expect(agent.text.slice(from).split('Type yes to allow it')).toHaveLength(3);
    expect(done()).toBe('');
  });

  test('where only looks are allowed a change is not even asked about', async () => {
    const from = agent.text.length;
    link.policy('look');
    const { task } = link.command({ action: 'system.restart' });
    expect(await link.outcome(task)).toMatchObject({ status: 'refused', code: 'not-allowed' });
    expect(agent.text.slice(from)).not.toContain('Type yes');
    link.policy('change');
  });

  test('once stopped nothing is looked at either, and an older word does not undo it', async () => {
    const at = Date.now();
    link.policy('off', at + 5);
    link.policy('change', at);
    const { task } = link.command({ action: 'system.inspect' });
    expect(await link.outcome(task)).toMatchObject({ status: 'refused', code: 'not-allowed' });
    link.policy('change', at + 10);
    await answersStill();
  });

  test('looks without end: a few side by side, the others are refused', async () => {
    const sent = Array.from({ length: 50 }, () => link.command({ action: 'opensc.inspect' }));
    const ends = await Promise.all(sent.map(({ task }) => link.outcome(task)));
    expect(ends.filter((end) => end.status === 'refused' && end.code !== 'busy')).toEqual([]);
    await answersStill();
  });

  test('only the word yes of the person does it, once', async () => {
    const from = agent.text.length;
    const { task } = link.command({ action: 'opensc.install', parameters: { version: '0.26.1' } });
    await agent.says('Type yes to allow it', from);
    agent.type('yes');
    expect(await link.outcome(task)).toMatchObject({ status: 'done' });
    link.command({ action: 'opensc.install', parameters: { version: '0.26.1' }, task });
    await answersStill();
    expect(done()).toBe('install 0.26.1\n');
    writeFileSync(join(deeds, 'done.log'), '');
  });
});

describe('greetings', () => {
  test('a server with another key is not believed, whatever it says', async () => {
    const other = makeKeyPair();
    server.behaviour.sealWith = other;
    const from = agent.text.length;
    link.cut();
    await agent.says('is not the server that this computer was paired with', from);
    delete server.behaviour.sealWith;
    await relink();
  });

  test('a welcome for another device, or to another hello, is not believed', async () => {
    for (const wrong of [
      { device: crypto.randomUUID() },
      { answer: randomBytes(16).toString('base64url') },
    ]) {
      server.behaviour.welcome = (hello) => ({
        type: 'welcome',
        signed: seal(server.key.privateKey, 'server-welcome', {
          device: server.device,
          answer: hello.nonce,
          mode: 'change',
          at: Date.now(),
          ...wrong,
        }),
      });
      const before = server.connections;
      link.cut();
      while (server.connections < before + 3) await new Promise((resolve) => setTimeout(resolve, 20));
      delete server.behaviour.welcome;
      await relink();
    }
  });

  test('a goodbye that is not sealed for this link does not unpair', async () => {
    const word = { device: server.device, answer: randomBytes(16).toString('base64url'), why: 'unpaired' };
    link.say({ type: 'goodbye', signed: server.seal('server-goodbye', word) });
    await relink();
    expect(existsSync(join(home.path, 'pairing.json'))).toBe(true);
  });
});

describe('noise', () => {
  const BROKEN: [string, () => string][] = [
    ['text that is no JSON', () => '{'],
    ['JSON that is no frame', () => '{"type":"shell","command":"id"}'],
    ['nothing', () => ''],
    ['a frame beyond the limit', () => `"${'x'.repeat(linkLimits.frame + 1)}"`],
    ['a frame nested fifty thousand deep', () => nested(50_000)],
  ];
  test.each(BROKEN)('%s ends the link; the agent comes again', async (_, frame) => {
    link.say(frame());
    await relink();
  });

  test(`${FUZZED} commands and policies of any shape under the right seal: it lives, does nothing, stays small`, {
    timeout: FUZZED * 200,
  }, async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          task: fc.oneof(fc.uuid(), fc.string()),
          device: fc.oneof(fc.constant(server.device), fc.string()),
          // Never far ahead: a true command that uses up all numbers would only silence the server that sent it.
          sequence: fc.oneof(fc.integer({ max: 1 }), fc.double({ max: 1 })),
          nonce: fc.oneof(fc.constant('A'.repeat(22)), fc.string()),
          action: fc.oneof(fc.constantFrom('opensc.install', 'system.restart'), fc.string()),
          parameters: fc.jsonValue(),
          issuedAt: fc.oneof(fc.integer(), fc.constant(Date.now())),
          expiresAt: fc.oneof(fc.integer(), fc.constant(Date.now() + hour)),
        },
        { requiredKeys: [] },
      ),
    );
    // In its turn, so that it is looked at to the end.
    const inTurn = fc.record({
      action: fc.oneof(fc.constantFrom('opensc.install', 'system.restart'), fc.string()),
      parameters: fc.dictionary(fc.oneof(fc.constant('version'), fc.string()), fc.jsonValue()),
    });
    const purpose = fc.constantFrom('command' as const, 'policy' as const);
    const frames = fc.sample(
      fc.oneof(
        { weight: 2, arbitrary: fc.tuple(purpose, value) },
        fc.tuple(fc.constant('turn' as const), inTurn),
      ),
      FUZZED,
    );
    let small = 0;
    for (const [n, [kind, fuzzed]] of frames.entries()) {
      if (kind === 'turn') link.command(fuzzed);
      else link.say({ type: kind, signed: server.seal(kind, fuzzed) });
      if (n % 200 === 199) await answersStill();
      if (n === Math.floor(FUZZED / 4)) small = resident();
    }
    await answersStill();
    expect(alive()).toBe(true);
    expect(done()).toBe('');
    expect(resident() - small).toBeLessThan(64 * 1024 * 1024);
  });

  /** Bytes of the agent's process in memory. */
  function resident(): number {
    const status = readFileSync(`/proc/${agent.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
  }
});
