import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepPairing } from '../../../src/agent/home/pairing-file.ts';
import { makeKeyPair, writePrivateKey } from '../../../src/agent/protocol.ts';
import type { TestWorld } from './agent-entry.ts';
import type { TestServer } from './test-server.ts';

const ENTRY = fileURLToPath(new URL('./agent-entry.ts', import.meta.url));

/** The agent's command line, as a process of its own with a home of its own. */
export interface AgentProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything it has printed so far, on both outputs. */
  readonly text: string;
  /** Resolves when it has printed `words` (after `from` characters). */
  says(words: string, from?: number): Promise<void>;
  type(line: string): void;
  end(signal?: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

/** An environment in which neither a proxy, nor a token of this very computer, nor a setting of it plays a part. */
export function plainEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, TZ, TMPDIR } = process.env;
  return { PATH, TZ, TMPDIR, PCSCLITE_CSOCK_NAME: '/nonexistent/pcscd', ...more };
}

export function startAgent(
  args: readonly string[],
  { env = {}, world = {} }: { env?: NodeJS.ProcessEnv; world?: TestWorld } = {},
): AgentProcess {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    env: { ...plainEnvironment(env), AGENT_TEST: JSON.stringify(world) },
    stdio: 'pipe',
  });
  const events = new EventEmitter().setMaxListeners(0);
  const ended = once(child, 'close').then(() => child.exitCode);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      events.emit('text');
    });
  }
  child.stdin.on('error', () => {});
  void ended.then(() => events.emit('text'));
  return {
    child,
    ended,
    get text() {
      return text;
    },
    async says(words, from = 0) {
      while (!text.slice(from).includes(words)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`it ended without saying "${words}": ${text}`);
        await once(events, 'text');
      }
    },
    type: (line) => void child.stdin.write(`${line}\n`),
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

export interface TestHome {
  readonly path: string;
  remove(): void;
}

export function makeHome(): TestHome {
  const parent = mkdtempSync(join(tmpdir(), 'eca-agent-'));
  return { path: join(parent, 'home'), remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** Pairs `home` with `server`, as a person would. */
export async function pairWith(
  server: TestServer,
  home: string,
  env: NodeJS.ProcessEnv = {},
): Promise<AgentProcess> {
  const agent = startAgent(['pair', server.code, '--server', server.url, '--home', home], { env });
  await agent.says('Type yes');
  agent.type('yes');
  const code = await agent.ended;
  if (code !== 0) throw new Error(`pairing ended with ${code}: ${agent.text}`);
  return agent;
}

/** What `pairWith` leaves behind, without the process: for tests of what comes after. */
export function alreadyPaired(server: TestServer, home: string, module: string | null = null): void {
  const { privateKey, publicKey } = makeKeyPair();
  server.agentKey = publicKey;
  const kept = {
    v: 1,
    device: server.device,
    server: `${server.url}/`,
    serverKey: server.key.publicKey,
    mode: server.mode,
    who: server.who,
    module,
    privateKey: writePrivateKey(privateKey),
  } as const;
  keepPairing(home, process.platform, kept, server.trust);
}
