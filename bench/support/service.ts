import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { register } from './ending.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Service {
  url: string;
  pid: number;
  /** From the start of the process to the first 200 of `/readyz`, in seconds. */
  seconds: number;
  /** SIGTERM, and waits for the end; `'kill'`: SIGKILL to it and whoever it started. */
  stop(how?: 'term' | 'kill'): Promise<void>;
}

/** The groups that still run; whatever ends this process ends them. */
const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) signal(pid, 'SIGKILL');
});

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    // To the whole group: npm does not hand on what it cannot catch.
    process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** How the product is started: as a person does, and as a service manager does. */
export const npmStart = ['npm', 'start'];
export const nodeMain = ['node', 'dist/server/main.js'];

/** Starts a process that serves on `PORT`, and waits for it by asking from outside, every 5 ms. */
export async function startService(
  command: readonly string[],
  env: Record<string, string>,
): Promise<Service> {
  const [program = 'node', ...args] = command;
  const port = await freePort();
  const began = performance.now();
  const child: ChildProcess = spawn(program, args, {
    cwd: root,
    // Slack and Teams are off, whatever the developer's own settings are.
    env: {
      PATH: `${root}node_modules/.bin:${process.env.PATH}`,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: 'node_modules/.cache/ecadesk/compiled',
      PORT: String(port),
      LOCAL_CHAT: '1',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command.join(' ')} cannot be started`);
  running.add(pid);
  const exited = once(child, 'exit');
  const takeOut = register(async () => {
    signal(pid, 'SIGKILL');
    await exited;
  });
  const ended = exited.then(() => {
    running.delete(pid);
    takeOut();
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}/readyz`))) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`);
    await sleep(5);
  }
  const seconds = (performance.now() - began) / 1000;
  return {
    url,
    pid,
    seconds,
    async stop(how = 'term') {
      signal(pid, how === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await ended;
      // npm is gone at once at SIGKILL; its child, which holds the data, a moment later.
      while (await answers(`${url}/healthz`)) await sleep(5);
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.arrayBuffer();
      return response.status === 200;
    },
    () => false,
  );
