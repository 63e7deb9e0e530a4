import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { overHttp, People } from '../../test/support/slack/people.ts';
import type { SlackServer } from '../../test/support/slack/server.ts';
import { choicesOf } from '../../test/support/slack/walker.ts';

export const secret = 'a-signing-secret-for-the-bench';
const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program that is measured; all are called and answered by the same Slack, and verify the same signature. */
export interface Candidate {
  name: string;
  program: string;
  durable: boolean;
  env: Record<string, string>;
  /** Brings every conversation to a message that can be pressed. */
  prepare(slack: SlackServer, url: string, users: readonly string[]): Promise<void>;
}

const bare = fileURLToPath(new URL('./bare.ts', import.meta.url));
const paceless = { SLACK_CHANNEL_INTERVAL_MS: '0', SLACK_POSTS_PER_MINUTE: '100000' };

export const bolt: Candidate = {
  name: '(i) bare Bolt',
  program: bare,
  durable: false,
  env: {},
  prepare: aButtonEach,
};
export const boltWithInsert: Candidate = {
  ...bolt,
  name: '(ii) Bolt + one committed INSERT',
  durable: true,
};
export const ecadesk: Candidate = {
  name: 'ecadesk, the full durable path',
  program: 'src/main.ts',
  durable: true,
  env: { PORT: '0', LOG_LEVEL: 'info', ...paceless },
  prepare: aCardEach,
};

/** With PROFILE set to a folder, a CPU profile is written there at the end. */
export async function start(
  program: string,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(
    process.execPath,
    [...(process.env.PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE] : []), program],
    {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  process.once('exit', () => child.kill('SIGKILL'));
  const address = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
      const found = /listening[^\n]*?(http:\/\/127\.0\.0\.1:\d+)/.exec(seen)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`${program} ended: ${seen}`)));
  });
  return { child, address };
}

export async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await ended;
  clearTimeout(timer);
}

async function aButtonEach(slack: SlackServer, _url: string, users: readonly string[]): Promise<void> {
  for (const user of users)
    slack.model.direct(user).messages.push({
      ts: slack.model.ts(),
      user: slack.model.bot,
      bot_id: slack.model.botId,
      text: 'Press',
      edits: 0,
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'stuck||||', text: { type: 'plain_text', text: 'Press' } }],
        },
      ],
    });
}

async function aCardEach(slack: SlackServer, url: string, users: readonly string[]): Promise<void> {
  const people = new People(slack, overHttp(url, secret));
  const ready = (user: string) =>
    slack.model
      .direct(user)
      .messages.some((m) =>
        choicesOf(m).some((c) => c.action.verb === 'stuck' || c.action.verb === 'to-step'),
      );
  for (let i = 0; i < users.length; i += 10) {
    const group = users.slice(i, i + 10);
    await Promise.all(group.map((user) => people.say(user, 'start')));
    for (let n = 0; n < 1000 && !group.every(ready); n++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
