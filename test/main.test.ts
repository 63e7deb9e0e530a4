import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/store/database.ts';

async function start(env: Record<string, string>): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  return { code, errors };
}

describe('the start', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ecadesk-main-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('stops at bad settings with a line for each, and prints no secret', async () => {
    const { code, errors } = await start({
      DATA_DIR: dataDir,
      PORT: 'abc',
      TIME_ZONE: 'Mars/Olympus',
      AGENT: 'maybe',
      OPENSC_VERSION: '9.9',
      SLACK_BOT_TOKEN: 'xoxb-very-secret-token',
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'TIME_ZONE', 'AGENT', 'OPENSC_VERSION', 'SLACK_SIGNING_SECRET'])
      expect(errors.split('\n').filter((line) => line.includes(name)).length).toBeGreaterThan(0);
    expect(errors).not.toContain('very-secret');
  });

  it('refuses a data directory that another process uses, in words', async () => {
    const database = await openDatabase({ dataDir });
    const { code, errors } = await start({ DATA_DIR: dataDir });
    await database.close();
    expect(code).toBe(1);
    expect(errors).toContain(`The database in ${dataDir} is in use by process`);
    expect(errors).toContain('DATABASE_URL');
  });
});
