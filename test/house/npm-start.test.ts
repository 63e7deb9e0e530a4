import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ecadesk-start-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** Nothing of this process's own settings: the defaults are what is shown. */
const environment = { PATH: process.env.PATH, HOME: tmpdir(), PORT: '0' };

describe.skipIf(process.platform === 'win32')('npm start', () => {
  it('serves, and at SIGTERM hands the stop on, ends well and leaves the data free for the next', async () => {
    const npm = spawn('npm', ['start'], {
      env: { ...environment, DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(npm, 'exit');
    let output = '';
    for (const stream of [npm.stdout, npm.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    try {
      await expect.poll(() => output, { timeout: 90_000, interval: 100 }).toContain('/desk/sign-in');
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
      expect((await fetch(`${address}/readyz`)).status).toBe(200);
      const numbers = await fetch(`${address}/metrics`);
      expect(await numbers.text()).toContain('ecadesk_outbox_pending 0');

      npm.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(output).toContain('"msg":"stopping"');
      await expect(fetch(`${address}/healthz`)).rejects.toThrow();
      expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
    } finally {
      npm.kill('SIGTERM');
    }
  });

  it('writes its one-time sign-in to the terminal, never to the log', async () => {
    const log = await startAndReadLog();
    expect(log).toContain('"msg":"listening');
    expect(log).not.toMatch(/sign-in\?token=(?!\[redacted\])/);
  });
});

/** The JSON lines of a short run. */
async function startAndReadLog(): Promise<string> {
  const service = spawn(process.execPath, ['src/main.ts'], {
    env: { ...environment, DATA_DIR: dataDir, LOG_LEVEL: 'trace' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  service.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await expect.poll(() => output, { timeout: 90_000, interval: 100 }).toContain('/desk/sign-in');
  service.kill('SIGTERM');
  await once(service, 'exit');
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .join('\n');
}
