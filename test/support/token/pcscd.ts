import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VPCD_DRIVER } from './rig-parts.ts';

/** A smart-card service of the test's own. */
export interface PrivatePcscd {
  /** What a program needs in its environment to talk to this one. */
  readonly env: NodeJS.ProcessEnv;
  /** TCP ports of the two virtual readers; empty when started without readers. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

/**
 * Starts a private pcscd. It listens on a socket handed to it (socket activation), so neither the system's own
 * service nor another test's is touched; the readers' ports are in its own configuration.
 */
export async function startPcscd({ readers }: { readers: boolean }): Promise<PrivatePcscd> {
  const folder = mkdtempSync(join(tmpdir(), 'ecadesk-pcscd-'));
  const first = readers ? await freePorts() : 0;
  const hex = `0x${first.toString(16).toUpperCase()}`;
  const reader = `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:${hex}\nLIBPATH ${VPCD_DRIVER}\nCHANNELID ${hex}\n`;
  writeFileSync(join(folder, 'reader.conf'), readers ? reader : '');
  const socket = join(folder, 'comm');
  const daemon = await startOn(socket, folder);
  return {
    env: { ...process.env, PCSCLITE_CSOCK_NAME: socket },
    ports: readers ? [first, first + 1] : [],
    async stop() {
      await ended(daemon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startOn(socket: string, folder: string): Promise<ChildProcess> {
  const server = createServer();
  server.listen(`${socket}-new`);
  await once(server, 'listening');
  // Node removes the file it listened on when it closes its own copy of the socket: by then it has another name.
  renameSync(`${socket}-new`, socket);
  // The shell is there because LISTEN_PID must name the process that execs into pcscd.
  const command = 'LISTEN_PID=$$ LISTEN_FDS=1 exec /usr/sbin/pcscd --foreground --config "$0"';
  const daemon = spawn('/bin/sh', ['-c', command, folder], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor(server)],
  });
  await once(daemon, 'spawn');
  server.close();
  return daemon;
}

/** Node tells no one the descriptor of a listening socket; it is in the handle. */
function descriptor(server: Server): number {
  const handle: unknown = Reflect.get(server, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof fd !== 'number') throw new Error('this Node does not show the descriptor of a listening socket');
  return fd;
}

async function ended(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const exit = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  // A card that never answers holds up an orderly end for ever.
  const last = setTimeout(() => daemon.kill('SIGKILL'), 2_000);
  await exit;
  clearTimeout(last);
}

/** Two free ports in a row, below the range from which the system gives out its own. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + 2 * Math.floor(Math.random() * 5_000);
    if ((await isFree(first)) && (await isFree(first + 1))) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => resolve(true));
  });
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}
