import { fileURLToPath } from 'node:url';
import { type Measure, median, medianRatio, type Row } from '../report.ts';
import { inFolder, onPostgres } from '../support/databases.ts';
import { load, startProgram, stopProgram } from '../support/program.ts';
import { QuickConnector } from './connector.ts';
import { begin, type Cards, type Measured, pressAll, recordAnswers } from './load.ts';

/**
 * A press in Teams, from the request to the card that has changed, with PostgreSQL's commits flushed to disk: ecadesk
 * against three bots that do the least and show the same cards. Many people press at once; limits of Teams are raised out of the way, for they
 * are the same for all. Rounds alternate; medians are reported. `node bench/teams/bench.ts` runs it alone.
 */
const peerProgram = fileURLToPath(new URL('./peer.ts', import.meta.url));
const people = Array.from({ length: load.people }, (_, i) => `person${i}`);

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
    program: 'dist/server/main.js',
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
  const answers = await record();
  const results: Record<Name, Measured[]> = { echo: [], waterfall: [], insert: [], ours: [] };
  await onPostgres(async (database) => {
    for (let n = 0; n < load.rounds; n++)
      for (const name of ['echo', 'waterfall', 'insert', 'ours'] as const) {
        const measured = await round(candidates[name], {
          DATABASE_URL: await database(`${name}_${n}`),
          ANSWERS: answers,
        });
        results[name].push(measured);
        say(
          `${candidates[name].name}: ${Math.round(measured.pressesPerSecond)}/s, ${measured.cpu.toFixed(2)} ms of processor each, ${measured.failed} failed`,
        );
      }
  });
  return {
    rows: rowsOf(results),
    note: `${load.people} people, ${load.atOnce} at once, limits of Teams raised; all show the same cards`,
    raw: results,
  };
};

function rowsOf(results: Record<Name, Measured[]>): Row[] {
  const speeds = (name: Name) => results[name].map((r) => r.pressesPerSecond);
  const failed = results.ours.reduce((sum, r) => sum + r.failed, 0);
  const goals: [Exclude<Name, 'ours'>, number][] = [
    ['echo', 0.5],
    ['waterfall', 1],
    ['insert', 0.8],
  ];
  return [
    ...goals.map(([name, share]) => ({
      name: 'durable card presses in Teams',
      ours: median(speeds('ours')),
      peer: { name: candidates[name].name, value: median(speeds(name)) },
      unit: 'a second',
      goal: `at least ${share} ×`,
      met: medianRatio(speeds('ours'), speeds(name)) >= share,
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

async function round({ program, env }: Candidate, more: Record<string, string>): Promise<Measured> {
  const connector = await QuickConnector.start();
  const running = await startProgram(program, { ...env, ...more });
  try {
    const url = `${running.address}/api/messages`;
    const cards: Cards =
      program === peerProgram
        ? new Map(people.map((person) => [person, { id: `m-${person}`, action: 'stuck||||' }]))
        : await begin({ connector, url, people });
    const { atOnce, seconds } = load;
    const pid = running.child.pid ?? 0;
    return await pressAll(
      { connector, url, people, atOnce, pid, warmUp: 2_000, measure: seconds * 1000 },
      cards,
    );
  } finally {
    await stopProgram(running);
    await connector.stop();
  }
}

/** What ecadesk shows after "I'm stuck" and after the way back. */
async function record(): Promise<string> {
  const { program, env } = candidates.ours;
  const connector = await QuickConnector.start();
  return inFolder(async (folder) => {
    const running = await startProgram(program, { ...env, DATA_DIR: folder });
    try {
      return await recordAnswers(connector, `${running.address}/api/messages`);
    } finally {
      await stopProgram(running);
      await connector.stop();
    }
  });
}

if (import.meta.main) {
  const { rows } = await measure((text) => console.error(text));
  console.table(rows.map(({ peer, ...row }) => ({ ...row, 'beside it': peer?.value, who: peer?.name })));
  process.exitCode = rows.some((row) => row.met === false) ? 1 : 0;
}
