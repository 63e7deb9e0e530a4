import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { findPostgres, startPostgres } from '../../test/support/postgres.ts';
import { overHttp, People } from '../../test/support/slack/people.ts';
import { SlackServer } from '../../test/support/slack/server.ts';
import { choicesOf } from '../../test/support/slack/walker.ts';
import { type Measured, pressAll } from './load.ts';

/**
 * A press in Slack, from the signed request to the edited message, with PostgreSQL's commits flushed to disk:
 * ecadesk against a bare Bolt app, without and with one committed INSERT. Rounds alternate; medians are reported.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    users: { type: 'string', default: '200' },
    'at-once': { type: 'string', default: '24' },
  },
});
const secret = 'a-signing-secret-for-the-bench';
const root = fileURLToPath(new URL('../..', import.meta.url));
const users = Array.from({ length: Number(values.users) }, (_, i) => `UB${i}`);

interface Candidate {
  name: string;
  program: string;
  durable: boolean;
  env: Record<string, string>;
  /** Brings every conversation to a message that can be pressed. */
  prepare(slack: SlackServer, url: string): Promise<void>;
}

async function start(
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

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await ended;
  clearTimeout(timer);
}

async function round({ program, durable, env, prepare }: Candidate): Promise<Measured> {
  const slack = await SlackServer.start();
  for (const user of users) slack.model.addUser(user);
  const shared = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: secret,
    SLACK_API_URL: slack.apiUrl,
  };
  const { child, address } = await start(program, {
    ...shared,
    ...env,
    ...(durable && { DATABASE_URL: await freshDatabase() }),
  });
  try {
    const url = `${address}/slack/events`;
    await prepare(slack, url);
    return await pressAll({
      slack,
      url,
      secret,
      pid: child.pid ?? 0,
      users,
      atOnce: Number(values['at-once']),
      warmUp: 2_000,
      measure: Number(values.seconds) * 1000,
    });
  } finally {
    await stop(child);
    await slack.stop();
  }
}

async function aButtonEach(slack: SlackServer): Promise<void> {
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

async function aCardEach(slack: SlackServer, url: string): Promise<void> {
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

const bin = findPostgres();
if (!bin) throw new Error('The bench needs PostgreSQL: npm run setup:test-machine installs it.');
const postgres = await startPostgres(bin, ['fsync=on', 'synchronous_commit=on']);
let databases = 0;

/** An empty database for each round. */
async function freshDatabase(): Promise<string> {
  const name = `round_${++databases}`;
  const client = new Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return postgres.url(name);
}

const bare = fileURLToPath(new URL('./bare.ts', import.meta.url));
const paceless = { SLACK_CHANNEL_INTERVAL_MS: '0', SLACK_POSTS_PER_MINUTE: '100000' };
const candidates: Candidate[] = [
  { name: '(i) bare Bolt', program: bare, durable: false, env: {}, prepare: aButtonEach },
  { name: '(ii) Bolt + one committed INSERT', program: bare, durable: true, env: {}, prepare: aButtonEach },
  {
    name: 'ecadesk, the full durable path',
    program: 'src/main.ts',
    durable: true,
    env: { PORT: '0', LOG_LEVEL: 'info', ...paceless },
    prepare: aCardEach,
  },
];

const results = new Map<string, Measured[]>(candidates.map(({ name }) => [name, []]));
try {
  for (let n = 0; n < Number(values.rounds); n++)
    for (const candidate of candidates) results.get(candidate.name)?.push(await round(candidate));
} finally {
  await postgres.stop();
}

const median = (numbers: number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const table = [...results].map(([name, rounds]) => ({
  name,
  'presses/s': Math.round(median(rounds.map((r) => r.pressesPerSecond))),
  'ack p50 ms': Number(median(rounds.map((r) => r.ack.p50)).toFixed(1)),
  'ack p99 ms': Number(median(rounds.map((r) => r.ack.p99)).toFixed(1)),
  'reply p50 ms': Number(median(rounds.map((r) => r.reply.p50)).toFixed(1)),
  'reply p99 ms': Number(median(rounds.map((r) => r.reply.p99)).toFixed(1)),
  'cpu ms/press': Number(median(rounds.map((r) => r.cpu)).toFixed(2)),
  failed: rounds.reduce((sum, r) => sum + r.failed, 0),
}));
console.table(table);
if (values.json)
  await writeFile(
    values.json,
    `${JSON.stringify({ bench: 'slack', at: new Date().toISOString(), table, rounds: Object.fromEntries(results) }, null, 2)}\n`,
  );
