import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SlackServer } from '../support/slack/server.ts';

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

  it('runs a service in few files that has everything: all channels, computers, its pages and pictures', async () => {
    const slack = await SlackServer.start();
    const service = spawn(process.execPath, ['dist/server/main.js'], {
      env: {
        ...environment,
        DATA_DIR: dataDir,
        LOCAL_CHAT: '1',
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_SIGNING_SECRET: 'a-secret-of-this-test',
        SLACK_API_URL: slack.apiUrl,
        TEAMS_ANONYMOUS: '1',
        AGENT: 'look',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let output = '';
      service.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      await expect.poll(() => output, { timeout: 90_000, interval: 100 }).toContain('/desk/sign-in');
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
      const post = async (path: string) =>
        (await fetch(`${address}${path}`, { method: 'POST', body: '{}' })).status;
      expect(await Promise.all(['/slack/events', '/api/messages', '/agent/pair'].map(post))).toEqual([
        401, 400, 400,
      ]);
      for (const path of ['/readyz', '/chat', '/chat/pictures/usb-aside.png', '/desk'])
        expect([path, (await fetch(`${address}${path}`)).status]).toEqual([path, 200]);
    } finally {
      service.kill('SIGTERM');
      await once(service, 'exit');
      await slack.stop();
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
