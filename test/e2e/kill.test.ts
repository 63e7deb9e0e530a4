import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatClient } from '../support/chat-client.ts';
import { button } from '../support/walk.ts';

const kills = process.env.LONG === '1' ? 50 : 5;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

describe('kill -9 under a running conversation', () => {
  let dataDir: string;
  let port: number;
  let child: ChildProcess;
  let output = '';
  const chat = new ChatClient(() => `http://127.0.0.1:${port}`, 'ana');

  async function start(): Promise<void> {
    child = spawn(process.execPath, ['src/main.ts'], {
      env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    // However long it takes on a busy machine: only its end, or the test's, ends the wait.
    for (;;) {
      const up = await fetch(`http://127.0.0.1:${port}/readyz`).then(
        (r) => r.ok,
        () => false,
      );
      if (up) return;
      if (child.exitCode !== null) throw new Error(`ecadesk ended with ${child.exitCode}: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ecadesk-kill-'));
    port = await freePort();
    await start();
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it(
    `loses no acknowledged press and applies none twice, ${kills} times`,
    async () => {
      await chat.open();
      await chat.press(button(await chat.card(), 'start'));
      // Each press turns the card over: stuck → the list, to-step → the step. The revision counts those applied.
      let card = await chat.card((c) => c.progress !== undefined);
      for (let i = 0; i < kills; i++) {
        // After some presses, at a random moment of the next one, however long these take on this machine.
        const moment = { after: 1 + Math.floor(Math.random() * 3), share: Math.random() };
        let acknowledged = 0;
        let took = 0;
        let revision = revisionOf(card);
        const dying = once(child, 'exit');
        try {
          for (;;) {
            const began = performance.now();
            if (acknowledged === moment.after) setTimeout(() => child.kill('SIGKILL'), moment.share * took);
            const verb = card.title === 'What is in the way?' ? 'to-step' : 'stuck';
            await chat.press(button(card, verb));
            acknowledged++;
            const expected = ++revision;
            card = await chat.card((c) => revisionOf(c) === expected);
            took = performance.now() - began;
          }
        } catch {
          await dying;
        }
        await start();
        // One more may have been committed whose answer died with the process; never fewer, never two.
        const least = revision;
        card = await chat.card((c) => revisionOf(c) >= least);
        expect({ moment, twice: revisionOf(card) - least > 1 }).toEqual({ moment, twice: false });
        expect(acknowledged).toBeGreaterThanOrEqual(moment.after);
      }
      await chat.say('status');
      expect((await chat.card((c) => c.progress !== undefined)).progress?.step).toBe(1);
    },
    kills * 120_000,
  );
});

function revisionOf(card: { buttons: { action: { revision?: number | undefined } }[] }): number {
  return Math.max(0, ...card.buttons.map((b) => b.action.revision ?? 0));
}
