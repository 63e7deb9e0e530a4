import type { Measured } from './load.ts';

/** One figure of ecadesk beside the same figure of a peer, both medians of the rounds. */
export interface Row {
  name: string;
  ours: number;
  peer: number;
  unit: string;
  /** Ours over the peer's: the median of the rounds' own ratios, so that a busier moment of the machine falls on both. */
  ratio: number;
  /** Null where nothing is promised. */
  goal: string | null;
  met: boolean | null;
}

interface Peer {
  name: string;
  rounds: readonly Measured[];
}

const figures = [
  { name: 'presses', unit: '1/s', of: (m: Measured) => m.pressesPerSecond },
  { name: 'acknowledge p50', unit: 'ms', of: (m: Measured) => m.ack.p50 },
  { name: 'acknowledge p99', unit: 'ms', of: (m: Measured) => m.ack.p99 },
  { name: 'visible reply p50', unit: 'ms', of: (m: Measured) => m.reply.p50 },
  { name: 'visible reply p99', unit: 'ms', of: (m: Measured) => m.reply.p99 },
  { name: 'processor time a press', unit: 'ms', of: (m: Measured) => m.cpu },
] as const;

/** What the issue asks for: by the figure and the peer's place. */
const goals: Record<string, { text: string; holds: (ratio: number) => boolean }> = {
  'presses/0': { text: 'at least 0.5 of the peer', holds: (ratio) => ratio >= 0.5 },
  'presses/1': { text: 'at least 0.8 of the peer', holds: (ratio) => ratio >= 0.8 },
  'acknowledge p99/1': { text: 'at most 2 times the peer', holds: (ratio) => ratio <= 2 },
};

export function rowsOf(ours: readonly Measured[], peers: readonly Peer[]): Row[] {
  return peers.flatMap((peer, place) =>
    figures.map(({ name, unit, of }): Row => {
      const ratio = median(ours.map((m, n) => of(m) / figureAt(peer, n, of)));
      const goal = goals[`${name}/${place}`];
      return {
        name: `Slack: ${name}, against ${peer.name}`,
        ours: rounded(median(ours.map(of))),
        peer: rounded(median(peer.rounds.map(of))),
        unit,
        ratio: rounded(ratio),
        goal: goal?.text ?? null,
        met: goal?.holds(ratio) ?? null,
      };
    }),
  );
}

/** All figures of each program, for reading. */
export function tableOf(rounds: Readonly<Record<string, readonly Measured[]>>): object[] {
  return Object.entries(rounds).map(([name, all]) => ({
    name,
    ...Object.fromEntries(
      figures.map((f) => [`${f.name} ${f.unit}`, rounded(median(all.map((m) => f.of(m))))]),
    ),
    failed: all.reduce((sum, m) => sum + m.failed, 0),
  }));
}

function figureAt(peer: Peer, n: number, of: (m: Measured) => number): number {
  const measured = peer.rounds[n];
  return measured ? of(measured) : Number.NaN;
}

const rounded = (number: number) => Number(number.toPrecision(3));

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
