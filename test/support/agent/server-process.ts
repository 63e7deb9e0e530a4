import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The whole server as a process of its own, which can be killed and started again on the same port and data. */
export interface ServerProcess {
  readonly address: string;
  readonly pid: number;
  /** kill -9. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Heap and memory outside of it (bytes) after a collection. */
  memory(): Promise<number>;
  end(): Promise<void>;
}

export async function startServerProcess(env: Record<string, string> = {}): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ecadesk-process-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, ['--expose-gc', '--import', gauge, 'src/main.ts'], {
      env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await ready(address, child);
  };
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  await start();
  return {
    address,
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    start,
    async memory() {
      child.send('memory');
      const [used]: unknown[] = await once(child, 'message');
      return Number(used);
    },
    async end() {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Loaded before the server: answers the test's question how much memory is in use. */
const gauge = `data:text/javascript,${encodeURIComponent(`
  process.on('message', () => {
    globalThis.gc(); globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    process.send(heapUsed + external);
  });
  process.channel?.unref();
`)}`;

async function ready(address: string, child: ChildProcess): Promise<void> {
  for (;;) {
    const up = await fetch(`${address}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    if (child.exitCode !== null) throw new Error(`ecadesk ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
