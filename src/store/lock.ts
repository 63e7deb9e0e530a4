import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { z } from 'zod';
import { StoreError } from './errors.ts';

/**
 * PGlite itself lets two processes open one directory, and then rows are lost without a word. So whoever opens it
 * holds `database.lock` there and says in `database.owner` who it is.
 */

const owner = z.object({ pid: z.number().int(), host: z.string(), started: z.string().nullable() });
type Owner = z.output<typeof owner>;

/** A lock that was not renewed for so long (ms) belongs to nobody; the holder renews it twice as often. */
const stale = 10_000;

/**
 * Takes the directory for this process. One that was killed leaves its lock behind: on the same host its death is
 * seen at once, on another one the lock has to grow stale first (10 s).
 * @returns how to give it back
 * @throws {StoreError} `database-in-use`, `data-directory-unusable`
 */
export async function lockDirectory(dataDir: string): Promise<() => Promise<void>> {
  await makeDirectory(dataDir);
  // Looking, taking over and signing happen one process at a time, else two could bury one dead owner.
  const open = await lockfile.lock(join(dataDir, 'database.opening'), {
    // The library tells its locks apart by this first name, not by the file of the lock.
    realpath: false,
    lockfilePath: join(dataDir, 'database.opening'),
    stale: 5_000,
    retries: { retries: 150, factor: 1, minTimeout: 100, maxTimeout: 100 },
  });
  try {
    return await take(dataDir);
  } finally {
    await open();
  }
}

async function take(dataDir: string): Promise<() => Promise<void>> {
  const lockfilePath = join(dataDir, 'database.lock');
  const signature = join(dataDir, 'database.owner');
  const holder = await readOwner(signature);
  const lives = holder ? await isAlive(holder) : 'unknown';
  if (lives === 'no') await rm(lockfilePath, { recursive: true, force: true });
  // Nobody can tell whether a process on another host lives; it does when it goes on renewing the lock.
  const waits = lives === 'unknown' ? Math.ceil(stale / 500) + 2 : 0;
  const release = await lockfile
    .lock(lockfilePath, {
      realpath: false,
      lockfilePath,
      stale,
      retries: { retries: waits, factor: 1, minTimeout: 500, maxTimeout: 500 },
    })
    .catch((cause: unknown) => {
      throw inUse(dataDir, holder, cause);
    });
  await writeFile(signature, JSON.stringify(await me()));
  return async () => {
    await rm(signature, { force: true });
    await release();
  };
}

async function makeDirectory(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (!(await stat(dataDir)).isDirectory()) throw new Error('it is not a directory');
    await writeFile(join(dataDir, '.writable'), '');
    await rm(join(dataDir, '.writable'));
  } catch (cause) {
    throw new StoreError(
      'data-directory-unusable',
      `The data directory ${dataDir} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Point DATA_DIR at a directory that this user may write.',
      cause,
    );
  }
}

function inUse(dataDir: string, holder: Owner | null, cause: unknown): StoreError {
  const who = holder ? ` by process ${holder.pid} on ${holder.host}` : '';
  return new StoreError(
    'database-in-use',
    `The database in ${dataDir} is in use${who}.`,
    'Stop that process, or give this one a DATA_DIR of its own; for several processes set DATABASE_URL to a PostgreSQL server.',
    cause,
  );
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return owner.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Absent, or cut off by a crash: nothing is known of the holder, and staleness decides.
    return null;
  }
}

async function me(): Promise<Owner> {
  return { pid: process.pid, host: hostname(), started: await startOf(process.pid) };
}

async function isAlive({ pid, host, started }: Owner): Promise<'yes' | 'no' | 'unknown'> {
  if (host !== hostname()) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'no';
  }
  // The number may have gone to another process since, or the dead one is not yet cleared away.
  return started === null || started === (await startOf(pid)) ? 'yes' : 'no';
}

/** Boot and moment at which a process began, where the system tells (Linux): with its number, it is unique. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const [boot, status] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // The command's name, in brackets, may hold spaces: the first field after it is the 3rd, the moment is the 22nd.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${boot.trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}
