import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { findPostgres, type PostgresServer, startPostgres } from '../../test/support/postgres.ts';
import { SlackServer } from '../../test/support/slack/server.ts';
import { bolt, boltWithInsert, type Candidate, ecadesk, secret, start, stop } from './candidates.ts';
import { type Measured, pressAll } from './load.ts';
import { type Row, rowsOf, tableOf } from './rows.ts';

export interface Options {
  /** Each of the three programs is measured so often, in turn. */
  rounds?: number;
  seconds?: number;
  /** Direct conversations, and how many people press at the same time. */
  users?: number;
  atOnce?: number;
  /** Presses before the clock starts, so that a program is measured warm. */
  warmUp?: number;
}

export interface Results {
  rows: Row[];
  rounds: Record<string, Measured[]>;
}

/**
 * A press in Slack, from the signed request to the edited message, with PostgreSQL's commits flushed to disk:
 * ecadesk against a bare Bolt app, without and with one committed INSERT. Rounds alternate, and each of ecadesk's is
 * held against its neighbours of the same round.
 * @throws where there is no PostgreSQL
 */
export async function measureSlack(options: Options = {}): Promise<Results> {
  const bin = findPostgres();
  if (!bin) throw new Error('The bench needs PostgreSQL: npm run setup:test-machine installs it.');
  const postgres = await startPostgres(bin, ['fsync=on', 'synchronous_commit=on']);
  const candidates = [bolt, boltWithInsert, ecadesk];
  const rounds: Record<string, Measured[]> = {};
  try {
    for (let n = 0; n < (options.rounds ?? 3); n++)
      for (const candidate of candidates) {
        const measured = await round(candidate, options, () => freshDatabase(postgres, `r${n}`, candidate));
        rounds[candidate.name] = [...(rounds[candidate.name] ?? []), measured];
      }
  } finally {
    await postgres.stop();
  }
  return { rows: rowsOf(rounds[ecadesk.name] ?? [], [bolt, boltWithInsert].map(peer)), rounds };

  function peer({ name }: Candidate) {
    return { name, rounds: rounds[name] ?? [] };
  }
}

async function round(
  { program, durable, env, prepare }: Candidate,
  { users: many = 200, atOnce = 24, warmUp = 500, seconds = 6 }: Options,
  database: () => Promise<string>,
): Promise<Measured> {
  const slack = await SlackServer.start();
  const users = Array.from({ length: many }, (_, i) => `UB${i}`);
  for (const user of users) slack.model.addUser(user);
  const { child, address } = await start(program, {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: secret,
    SLACK_API_URL: slack.apiUrl,
    ...env,
    ...(durable && { DATABASE_URL: await database() }),
  });
  try {
    const url = `${address}/slack/events`;
    await prepare(slack, url, users);
    const pid = child.pid ?? 0;
    return await pressAll({ slack, url, secret, pid, users, atOnce, warmUp, measure: seconds * 1000 });
  } finally {
    await stop(child);
    await slack.stop();
  }
}

/** An empty database for each round. */
async function freshDatabase(postgres: PostgresServer, round: string, { name }: Candidate): Promise<string> {
  const database = `${round}_${name.replaceAll(/[^a-z]/g, '')}`;
  const client = new Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${database}`);
  await client.end();
  return postgres.url(database);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      users: { type: 'string' },
      'at-once': { type: 'string' },
    },
  });
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const results = await measureSlack({
    rounds: number(values.rounds) ?? 3,
    seconds: number(values.seconds) ?? 6,
    users: number(values.users) ?? 200,
    atOnce: number(values['at-once']) ?? 24,
  });
  console.table(tableOf(results.rounds));
  console.table(results.rows);
  const at = new Date().toISOString();
  if (values.json)
    await writeFile(values.json, `${JSON.stringify({ bench: 'slack', at, ...results }, null, 2)}\n`);
}
