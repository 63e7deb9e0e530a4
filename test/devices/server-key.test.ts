import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeKeyPair, writePrivateKey } from '../../src/agent/protocol.ts';
import { readConfig } from '../../src/config.ts';
import { openServerKey, openTrust, Policy } from '../../src/devices/index.ts';
import { openDatabase } from '../../src/store/database.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecadesk-key-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('the key is made at the first start, for its owner only, and is the same at the next', async () => {
  const data = join(folder, 'data');
  const first = await openServerKey(null, data);
  expect((await stat(join(data, 'server.key'))).mode & 0o777).toBe(0o600);
  expect((await openServerKey(null, data)).publicKey).toBe(first.publicKey);
});

it('processes that start at once agree on one key, and leave nothing else behind', async () => {
  const keys = await Promise.all(Array.from({ length: 8 }, () => openServerKey(null, folder)));
  expect(new Set(keys.map((key) => key.publicKey)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['server.key']);
});

it('SERVER_KEY_FILE is used where it is set, and refused in one line where it holds no such key', async () => {
  const file = join(folder, 'own.pem');
  const key = makeKeyPair();
  await writeFile(file, writePrivateKey(key.privateKey));
  expect((await openServerKey(file, join(folder, 'data'))).publicKey).toBe(key.publicKey);
  await writeFile(file, 'not a key');
  await expect(openServerKey(file, folder)).rejects.toThrow(
    /^SERVER_KEY_FILE does not hold .*: write the path/,
  );
  await expect(openServerKey(join(folder, 'absent'), folder)).rejects.toThrow(/^SERVER_KEY_FILE /);
  expect(await readdir(folder)).toEqual(['own.pem']);
});

it('a broken key in the data directory is never replaced by a new one', async () => {
  await writeFile(join(folder, 'server.key'), '');
  await expect(openServerKey(null, folder)).rejects.toMatchObject({ code: 'bad-server-key' });
  expect(await readFile(join(folder, 'server.key'), 'utf8')).toBe('');
});

it('a database for several processes without a shared key is warned of, unless there are no agents', () => {
  const shared = { DATABASE_URL: 'postgresql://u:p@h/d' };
  expect(readConfig(shared).warnings.join()).toContain('SERVER_KEY_FILE');
  expect(readConfig({ ...shared, AGENT: 'off' }).warnings.join()).not.toContain('SERVER_KEY_FILE');
  expect(readConfig({}).warnings.join()).not.toContain('SERVER_KEY_FILE');
});

it('a trust bundle that cannot be used stops the start with what to mend', async () => {
  const file = join(folder, 'bundle.pem');
  await writeFile(file, 'nothing');
  await expect(openTrust(file, [])).rejects.toMatchObject({ code: 'bad-trust-bundle' });
  expect(await openTrust(null, ['ab'.repeat(20)])).toMatchObject({
    trust: null,
    given: { bundle: null, roots: ['AB'.repeat(20)] },
  });
});

it('a stop by a lead holds in another process, through a restart, and until it is lifted', async () => {
  const database = await openDatabase({});
  const { prisma } = database;
  const [one, other] = [new Policy(prisma, 'change', () => 5), new Policy(prisma, 'change', () => 5)];
  const seen: string[] = [];
  other.onChange(() => seen.push(other.mode));
  await one.stop({ id: 'slack:T1:U9', name: 'Lea' });
  expect(one.mode).toBe('off');
  expect(other.mode).toBe('change');
  await other.refresh();
  await other.refresh();
  expect(other.mode).toBe('off');
  expect(other.stopped).toEqual({ by: 'Lea', at: new Date(5) });
  await other.resume({ id: 'slack:T1:U8', name: 'Max' });
  await one.refresh();
  expect([one.mode, one.stopped]).toEqual(['change', null]);
  expect(seen).toEqual(['off', 'change']);
  await database.close();
});
