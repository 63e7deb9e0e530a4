import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder of PostgreSQL's programs, the newest version's, or undefined where it is not installed. */
export function findPostgres(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter(Boolean) : [];
  return versions
    .sort((a, b) => b - a)
    .map((version) => `${root}/${version}/bin`)
    .find((bin) => existsSync(`${bin}/postgres`) && existsSync(`${bin}/initdb`));
}

export interface PostgresServer {
  url(database: string): string;
  /** The folder of its data files. */
  data: string;
  stop(): Promise<void>;
}

/** Root may not run PostgreSQL: then the package's own user does. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/** A server of its own in a temporary directory, on a socket there: no port to be taken by somebody else. `more`: settings. */
export async function startPostgres(bin: string, more: readonly string[] = []): Promise<PostgresServer> {
  const home = await mkdtemp(join(tmpdir(), 'ecadesk-pg-'));
  const user = await unprivileged();
  if (user) await chown(home, user.uid, user.gid);
  const data = join(home, 'data');
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' };
  const first = ['-D', data, '-U', 'tests', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-locale'];
  await run(join(bin, 'initdb'), first, { ...user, env, cwd: home });
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${home}`,
    'fsync=off',
    'max_connections=200',
    ...more,
  ];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((s) => ['-c', s])], {
    ...user,
    env,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await ready(server);
  return {
    url: (database) => `postgresql://tests@localhost/${database}?host=${encodeURIComponent(home)}`,
    data,
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGQUIT');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (text.includes('ready to accept connections')) {
        server.stderr?.removeAllListeners('data').resume();
        resolve();
      }
    });
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${log}`)));
    server.once('error', reject);
  });
}
