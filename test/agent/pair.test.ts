import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeKeyPair } from '../../src/agent/protocol.ts';
import {
  type AgentProcess,
  makeHome,
  pairWith,
  startAgent,
  type TestHome,
} from '../support/agent/agent-process.ts';
import { startTestServer, type TestServer } from '../support/agent/test-server.ts';
import { makeTestCa } from '../support/token/test-ca.ts';

let server: TestServer;
let home: TestHome;
beforeEach(async () => {
  server = await startTestServer();
  home = makeHome();
});
afterEach(async () => {
  await server.stop();
  home.remove();
});

const kept = (name: string): string => join(home.path, name);
const keptPairing = (): Record<string, unknown> => JSON.parse(readFileSync(kept('pairing.json'), 'utf8'));

function pairing(
  code = server.code,
  url = server.url,
  more: Parameters<typeof startAgent>[1] = {},
): AgentProcess {
  return startAgent(['pair', code, '--server', url, '--home', home.path], more);
}

describe('pairing, when all is well', () => {
  test('shows whose account it joins, then the number to choose, then how to go on', async () => {
    const agent = pairing();
    await agent.says('This joins **Kim Lee** in **Slack, Example Corp**.\nIs that you? Type yes');
    expect(server.stages).toEqual(['claim']);
    agent.type('yes');
    await agent.says('│   4 7   │');
    await agent.says('Choose the number **47** in the chat');
    expect(await agent.ended).toBe(0);
    expect(agent.text).toContain(`Go on with: eca-agent run --home ${home.path}`);
    expect(server.claims).toMatchObject([{ publicKey: server.agentKey, hostname: expect.any(String) }]);
  });

  test('keeps the key for its owner only, whole, with what the server proved', async () => {
    await pairWith(server, home.path);
    expect(statSync(home.path).mode & 0o777).toBe(0o700);
    expect(statSync(kept('pairing.json')).mode & 0o777).toBe(0o600);
    expect(keptPairing()).toMatchObject({
      device: server.device,
      server: `${server.url}/`,
      serverKey: server.key.publicKey,
      mode: 'change',
      who: server.who,
      privateKey: expect.stringContaining('PRIVATE KEY'),
    });
    expect(readdirSync(home.path)).toEqual(['pairing.json']);
  });

  test('keeps the trust bundle and roots where check finds them', async () => {
    const eca = await makeTestCa();
    server.trust = { bundle: Buffer.from(eca.bundle).toString('base64'), roots: [eca.rootPin] };
    await pairWith(server, home.path);
    const check = startAgent(['check', '--json', '--module', '/nonexistent.so', '--home', home.path]);
    await check.ended;
    expect(JSON.parse(check.text)).toMatchObject({
      system: { trustBundle: { file: kept('trust-bundle'), loaded: true, problem: null } },
    });
  });

  test('a code may be typed small, with spaces, in two words', async () => {
    const agent = startAgent(['pair', 'cdf3', '4ghj', '--server', server.url, '--home', home.path]);
    await agent.says('Type yes');
    agent.type('YES');
    expect(await agent.ended).toBe(0);
  });
});

describe('pairing, when the person does not say yes', () => {
  test.each(['no', 'y', '', 'yes please'])(
    '%j is no: the server is told, nothing is kept, exit 1',
    async (line) => {
      const agent = pairing();
      await agent.says('Type yes');
      agent.type(line);
      expect(await agent.ended).toBe(1);
      expect([server.stages, existsSync(kept('pairing.json'))]).toEqual([['claim', 'leave'], false]);
    },
  );

  test('no answer in time is no', async () => {
    const agent = pairing(server.code, server.url, { world: { answerMs: 200 } });
    expect(await agent.ended).toBe(1);
    expect(server.stages).toEqual(['claim', 'leave']);
  });

  test('a closed terminal, or Ctrl-C, is no', async () => {
    const closed = pairing();
    closed.child.stdin.end();
    expect(await closed.ended).toBe(1);
    const interrupted = pairing();
    await interrupted.says('Type yes');
    expect(await interrupted.end('SIGINT')).toBe(1);
    expect(server.stages).toEqual(['claim', 'leave', 'claim', 'leave']);
  });

  test('a second pairing replaces the first only after a yes', async () => {
    await pairWith(server, home.path);
    const before = readFileSync(kept('pairing.json'), 'utf8');
    const other = pairing();
    await other.says('paired with Kim Lee in Slack, Example Corp already');
    other.type('no');
    expect(await other.ended).toBe(1);
    expect([readFileSync(kept('pairing.json'), 'utf8'), server.stages.length]).toEqual([before, 3]);
    const third = pairing();
    await third.says('Replace it?');
    third.type('yes');
    await third.says('Is that you?');
    third.type('yes');
    expect(await third.ended).toBe(0);
    expect(readFileSync(kept('pairing.json'), 'utf8')).not.toBe(before);
  });
});

describe('pairing, when something is wrong', () => {
  const ends = async (agent: AgentProcess, code: number, words: string | RegExp): Promise<void> => {
    expect(await agent.ended).toBe(code);
    expect(agent.text).toMatch(words);
    expect(existsSync(kept('pairing.json'))).toBe(false);
  };

  test('a mistyped code is told before the server is asked, with 64', async () => {
    await ends(pairing('CDF3-4GH'), 64, 'a code has 8 letters and digits, and this has 7');
    await ends(pairing('CDF3-4GHO'), 64, '"O" cannot be in a code');
    expect(server.stages).toEqual([]);
  });

  test('an address that others could listen to is refused, with 64', async () => {
    await ends(pairing(server.code, 'http://help.example.com'), 64, 'must begin with https://');
    await ends(pairing(server.code, 'ftp://127.0.0.1'), 64, 'no address of a server');
  });

  test.each([
    ['code-refused', {}, 'Ask for a new code'],
    ['too-many-tries', {}, 'too many tries'],
    ['pairing-off', {}, 'switched pairing off'],
    ['clock-wrong', { serverTime: Date.UTC(2031, 0, 2) }, /says \d{4}-.*server says 2031-01-0/],
  ])('%s is told in plain words', async (code, more, words) => {
    server.behaviour.problem = { stage: 'claim', status: 422, body: { code, ...more } };
    await ends(pairing(), 2, words);
  });

  test('a server that is not there', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const address = gone.address();
    gone.close();
    await once(gone, 'close');
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await ends(pairing(server.code, `http://127.0.0.1:${port}`), 2, /cannot be reached \(ECONNREFUSED\)/);
  });

  test.each([
    [404, 'Not found'],
    [200, '<html>'],
    [200, '{}'],
    [302, ''],
  ])('what answers %i %j is no help desk', async (status, body) => {
    server.behaviour.raw = { status, body };
    await ends(pairing(), 2, "is not the help desk's server");
  });

  test.each([
    ['refused', 'another number was chosen'],
    ['expired', 'in time'],
    ['withdrawn', 'taken back'],
  ] as const)('the chat ends it: %s', async (why, words) => {
    server.waiting = { state: 'void', why };
    const agent = pairing();
    await agent.says('Type yes');
    agent.type('yes');
    await ends(agent, 2, words);
  });

  test('another key than the one that answered first seals nothing that is kept', async () => {
    server.behaviour.sealWith = makeKeyPair();
    const agent = pairing();
    await agent.says('Type yes');
    agent.type('yes');
    await ends(agent, 2, 'did not prove');
  });

  test('a home that others may read is refused', async () => {
    mkdirSync(home.path);
    chmodSync(home.path, 0o755);
    await ends(pairing(), 2, `chmod 700 ${home.path}`);
    expect(server.stages).toEqual([]);
  });

  test('names of the server cannot steer the terminal', async () => {
    server.who = { ...server.who, name: 'Kim\u001b[2J\u202eLee' };
    const agent = pairing();
    await agent.says('Type yes');
    expect(agent.text).toContain('**Kim�[2J�Lee**');
    agent.type('no');
    await agent.ended;
  });

  test('AGENT=off on this computer forbids it; another word for AGENT is named', async () => {
    await ends(pairing(server.code, server.url, { env: { AGENT: 'off' } }), 2, 'AGENT=off');
    await ends(
      pairing(server.code, server.url, { env: { AGENT: 'maybe' } }),
      64,
      'write off, look or change',
    );
    expect(server.stages).toEqual([]);
  });
});
