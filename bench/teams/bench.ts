import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { findPostgres, startPostgres } from '../../test/support/postgres.ts';
import { type Measure, median, type Row } from '../report.ts';
import { QuickConnector } from './connector.ts';
import { begin, type Cards, type Measured, pressAll } from './load.ts';

/**
 * A press in Teams, from the request to the card that has changed, with PostgreSQL's commits flushed to disk: ecadesk
 * against three bots that do the least. Many people press at once; limits of Teams are raised out of the way, for they
 * are the same for all. Rounds alternate; medians are reported. `node bench/teams/bench.ts` runs it alone.
 */
const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const root = fileURLToPath(new URL('../..', import.meta.url));
const peerProgram = fileURLToPath(new URL('./peer.ts', import.meta.url));
const people = Array.from({ length: number('BENCH_PEOPLE', 200) }, (_, i) => `person${i}`);
const rounds = number('BENCH_ROUNDS', 3);
const seconds = number('BENCH_SECONDS', 6);
const atOnce = number('BENCH_AT_ONCE', 24);

interface Candidate {
  name: string;
  program: string;
  env: Record<string, string>;
}

const candidates = {
  echo: { name: 'bare teams-ai echo', program: peerProgram, env: { PEER: 'echo' } },
  waterfall: {
    name: 'botbuilder-dialogs waterfall, memory',
    program: peerProgram,
    env: { PEER: 'waterfall' },
  },
  insert: { name: 'teams-ai echo + one committed INSERT', program: peerProgram, env: { PEER: 'insert' } },
  ours: {
    name: 'ecadesk',
    program: 'src/main.ts',
    env: {
      PORT: '0',
      TEAMS_ANONYMOUS: '1',
      TEAMS_THREAD_PER_SECOND: '1000',
      TEAMS_TENANT_PER_SECOND: '10000',
      LOG_LEVEL: 'info',
    },
  },
} satisfies Record<string, Candidate>;
type Name = keyof typeof candidates;

export const measure: Measure = async (say) => {
  const bin = findPostgres();
  if (!bin) throw new Error('The bench needs PostgreSQL: npm run setup:test-machine installs it.');
  const postgres = await startPostgres(bin, ['fsync=on', 'synchronous_commit=on']);
  const results: Record<Name, Measured[]> = { echo: [], waterfall: [], insert: [], ours: [] };
  try {
    for (let n = 0; n < rounds; n++)
      for (const name of ['echo', 'waterfall', 'insert', 'ours'] as const) {
        const url = await freshDatabase(postgres.url, `${name}_${n}`);
        const measured = await round(candidates[name], url);
        results[name].push(measured);
        say(
          `${candidates[name].name}: ${Math.round(measured.pressesPerSecond)}/s, ${measured.cpu.toFixed(2)} ms of processor each, ${measured.failed} failed`,
        );
      }
  } finally {
    await postgres.stop();
  }
  return {
    rows: rowsOf(results),
    note: `${people.length} people, ${atOnce} at once, limits of Teams raised`,
    raw: results,
  };
};

function rowsOf(results: Record<Name, Measured[]>): Row[] {
  const speed = (name: Name) => median(results[name].map((r) => r.pressesPerSecond));
  const ours = speed('ours');
  const failed = results.ours.reduce((sum, r) => sum + r.failed, 0);
  const goals: [Exclude<Name, 'ours'>, number][] = [
    ['echo', 0.5],
    ['waterfall', 1],
    ['insert', 0.8],
  ];
  return [
    ...goals.map(([name, share]) => ({
      name: 'durable card presses in Teams',
      ours,
      peer: { name: candidates[name].name, value: speed(name) },
      unit: 'a second',
      goal: `at least ${share} ×`,
      met: ours >= share * speed(name),
    })),
    { name: 'presses in Teams that failed', ours: failed, unit: '', goal: 'none', met: failed === 0 },
    {
      name: 'press in Teams until the message is updated, median',
      ours: median(results.ours.map((r) => r.updated)),
      peer: { name: candidates.insert.name, value: median(results.insert.map((r) => r.updated)) },
      unit: 'ms',
    },
    {
      name: 'processor time of a press in Teams',
      ours: median(results.ours.map((r) => r.cpu)),
      peer: { name: candidates.insert.name, value: median(results.insert.map((r) => r.cpu)) },
      unit: 'ms',
    },
  ];
}

async function freshDatabase(url: (name: string) => string, name: string): Promise<string> {
  const client = new Client({ connectionString: url('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url(name);
}

async function round({ program, env }: Candidate, database: string): Promise<Measured> {
  const connector = await QuickConnector.start();
  const { child, address } = await start(program, { ...env, DATABASE_URL: database });
  try {
    const url = `${address}/api/messages`;
    const cards: Cards =
      program === peerProgram
        ? new Map(people.map((person) => [person, { id: `m-${person}`, action: 'stuck||||' }]))
        : await begin({ connector, url, people });
    return await pressAll(
      { connector, url, people, atOnce, pid: child.pid ?? 0, warmUp: 2_000, measure: seconds * 1000 },
      cards,
    );
  } finally {
    await stop(child);
    await connector.stop();
  }
}

async function start(
  program: string,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; address: string }> {
  const profile = process.env.PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE] : [];
  const child = spawn(process.execPath, [...profile, program], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

if (import.meta.main) {
  const { rows } = await measure((text) => console.error(text));
  console.table(rows.map(({ peer, ...row }) => ({ ...row, 'beside it': peer?.value, who: peer?.name })));
  process.exitCode = rows.some((row) => row.met === false) ? 1 : 0;
}
