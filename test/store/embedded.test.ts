import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { StoreError } from '../../src/store/errors.ts';
import { prepare } from '../../src/store/prepared.ts';

let dataDir: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  await prepare();
  dataDir = await mkdtemp(join(tmpdir(), 'ecadesk-store-'));
}, 120_000);

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

/** A process of its own that writes one row after the other and says which it was told are written. */
async function startWriter(): Promise<{ child: ChildProcess; acknowledged: string[] }> {
  const program = new URL('../support/writer.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const acknowledged: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the writer ended with ${code}`)));
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      acknowledged.push(line);
      if (acknowledged.length === 5) resolve();
    });
  });
  return { child, acknowledged };
}

it('unpacks the prepared database at the first start, and finds everything at the next', async () => {
  const said: string[] = [];
  const first = await openDatabase({ dataDir, log: (message) => said.push(message) });
  await first.prisma.setting.create({
    data: { id: 's', value: 1, changedAt: new Date(0), changedBy: 'test' },
  });
  await first.close();
  const second = await openDatabase({ dataDir });
  expect(await second.prisma.setting.count()).toBe(1);
  await second.close();
  expect(said).toEqual(['unpacking a new database']);
  // It was prepared with its schema, so that no start had to make it.
  expect([first.migrated, second.migrated]).toEqual([[], []]);
});

it('makes the first start anew when the one before was cut off half-way', async () => {
  await writeFile(join(dataDir, 'database.unfinished'), '');
  await mkdir(join(dataDir, 'database'));
  await writeFile(join(dataDir, 'database', 'PG_VERSION'), 'half');
  const database = await openDatabase({ dataDir });
  expect(await database.prisma.person.count()).toBe(0);
  await database.close();
  expect(await readdir(dataDir)).toEqual(['database']);
});

it('refuses a second process on the same directory, and says who has it', async () => {
  const { child } = await startWriter();
  const refusal = await openDatabase({ dataDir }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreError);
  expect(refusal).toMatchObject({
    code: 'database-in-use',
    message: expect.stringContaining(`in use by process ${child.pid} on `),
    mend: expect.stringContaining('DATA_DIR'),
  });
}, 60_000);

it('lets only one of several that open a dead process’s directory at once have it', async () => {
  const { child } = await startWriter();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const opened = await Promise.allSettled(Array.from({ length: 3 }, () => openDatabase({ dataDir })));
  const winners = opened.filter((result) => result.status === 'fulfilled');
  expect(winners).toHaveLength(1);
  await winners[0]?.value.close();
}, 60_000);

it('says what is wrong with a directory that is none', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  await expect(openDatabase({ dataDir: file })).rejects.toMatchObject({ code: 'data-directory-unusable' });
});

it('keeps every acknowledged row through kill -9', async () => {
  const kills = process.env.LONG === '1' ? 20 : 3;
  const expected: string[] = [];
  for (let i = 0; i < kills; i++) {
    const { child, acknowledged } = await startWriter();
    const ended = once(child, 'exit');
    setTimeout(() => child.kill('SIGKILL'), 40 * i);
    await ended;
    expected.push(...acknowledged);
  }
  const database = await openDatabase({ dataDir });
  const rows = new Set((await database.prisma.setting.findMany()).map((row) => row.id));
  await database.close();
  expect(expected.filter((id) => !rows.has(id))).toEqual([]);
}, 120_000);
