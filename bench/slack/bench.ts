import { SlackServer } from '../../test/support/slack/server.ts';
import { type Measure, median, medianRatio, type Row } from '../report.ts';
import { onPostgres } from '../support/databases.ts';
import { load, startProgram, stopProgram } from '../support/program.ts';
import { recordAnswers } from './answers.ts';
import { bolt, boltWithInsert, type Candidate, ecadesk, secret, slackOf } from './candidates.ts';
import { type Measured, pressAll } from './load.ts';

const candidates = [bolt, boltWithInsert, ecadesk];

/**
 * A press in Slack, from the signed request to the edited message, with PostgreSQL's commits flushed to disk:
 * ecadesk against a bare Bolt app that answers the same, without and with one committed INSERT. Rounds alternate, and
 * each of ecadesk's is held against its neighbours of the same round. `node bench/slack/bench.ts` runs it alone.
 */
export const measure: Measure = async (say) => {
  const answers = await recordAnswers();
  const rounds: Record<string, Measured[]> = {};
  await onPostgres(async (database) => {
    for (let n = 0; n < load.rounds; n++)
      for (const [place, candidate] of candidates.entries()) {
        const measured = await round(candidate, answers, () => database(`r${n}_${place}`));
        rounds[candidate.name] = [...(rounds[candidate.name] ?? []), measured];
        say(
          `${candidate.name}: ${Math.round(measured.pressesPerSecond)}/s, ${measured.cpu.toFixed(2)} ms of processor each, ${measured.failed} failed`,
        );
      }
  });
  return {
    rows: rowsOf(rounds),
    note: `${load.people} people, ${load.atOnce} at once, limits of Slack raised; all answer with the same cards`,
    raw: rounds,
  };
};

async function round(
  { program, durable, env, prepare }: Candidate,
  answers: string,
  database: () => Promise<string>,
): Promise<Measured> {
  const slack = await SlackServer.start();
  const users = Array.from({ length: load.people }, (_, i) => `UB${i}`);
  for (const user of users) slack.model.addUser(user);
  const running = await startProgram(program, {
    ...slackOf(slack),
    ANSWERS: answers,
    ...env,
    ...(durable && { DATABASE_URL: await database() }),
  });
  try {
    const url = `${running.address}/slack/events`;
    await prepare(slack, url, users);
    const pid = running.child.pid ?? 0;
    const { atOnce, seconds } = load;
    return await pressAll({ slack, url, secret, pid, users, atOnce, warmUp: 500, measure: seconds * 1000 });
  } finally {
    await stopProgram(running);
    await slack.stop();
  }
}

interface Figure {
  name: string;
  unit: string;
  of(measured: Measured): number;
  /** What the issue asks for, by the peer's name. */
  goals?: Readonly<Record<string, { text: string; holds(ratio: number): boolean }>>;
}

const atLeast = (share: number) => ({
  text: `at least ${share} ×`,
  holds: (ratio: number) => ratio >= share,
});

const figures: readonly Figure[] = [
  {
    name: 'durable presses in Slack',
    unit: 'a second',
    of: (m) => m.pressesPerSecond,
    goals: { [bolt.name]: atLeast(0.5), [boltWithInsert.name]: atLeast(0.8) },
  },
  {
    name: 'press in Slack until it is acknowledged, p99',
    unit: 'ms',
    of: (m) => m.ack.p99,
    goals: { [boltWithInsert.name]: { text: 'at most 2 ×', holds: (ratio) => ratio <= 2 } },
  },
  { name: 'the same, median', unit: 'ms', of: (m) => m.ack.p50 },
  { name: 'press in Slack until the message is edited, median', unit: 'ms', of: (m) => m.reply.p50 },
  { name: 'the same, p99', unit: 'ms', of: (m) => m.reply.p99 },
  { name: 'processor time of a press in Slack', unit: 'ms', of: (m) => m.cpu },
];

function rowsOf(rounds: Readonly<Record<string, readonly Measured[]>>): Row[] {
  const ours = rounds[ecadesk.name] ?? [];
  const failed = ours.reduce((sum, m) => sum + m.failed, 0);
  const rows = figures.flatMap(({ name, unit, of, goals }) =>
    [bolt, boltWithInsert].flatMap((peer): Row[] => {
      const theirs = rounds[peer.name] ?? [];
      const goal = goals?.[peer.name];
      if (goals && !goal) return [];
      const ratio = medianRatio(ours.map(of), theirs.map(of));
      return [
        {
          name,
          ours: median(ours.map(of)),
          peer: { name: peer.name, value: median(theirs.map(of)) },
          unit,
          ...(goal && { goal: goal.text, met: goal.holds(ratio) }),
        },
      ];
    }),
  );
  return [
    ...rows,
    { name: 'presses in Slack that failed', ours: failed, unit: '', goal: 'none', met: failed === 0 },
  ];
}

if (import.meta.main) {
  const { rows } = await measure((text) => console.error(text));
  console.table(rows.map(({ peer, ...row }) => ({ ...row, 'beside it': peer?.value, who: peer?.name })));
  process.exitCode = rows.some((row) => row.met === false) ? 1 : 0;
}
