/** One measured number, beside a peer's where there is one. */
export interface Row {
  name: string;
  ours: number;
  /** The same for who we compare with. */
  peer?: { name: string; value: number };
  unit: string;
  /** In words, such as "under 2 s"; `met` says whether it was reached. */
  goal?: string;
  met?: boolean;
}

export interface Bench {
  rows: Row[];
  /** What a reader must know to read them. */
  note?: string;
  /** Everything measured, for the JSON. */
  raw?: unknown;
}

/** Measures and cleans up after itself; `say` tells that it is getting on. */
export type Measure = (say: (text: string) => void) => Promise<Bench>;

const digits = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

/** The rows as a Markdown table, for the terminal and the README alike. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['what', 'ecadesk', 'beside it', 'unit', 'goal', ''];
  const body = rows.map(({ name, ours, peer, unit, goal, met }) => [
    name,
    digits(ours),
    peer ? `${digits(peer.value)} (${peer.name})` : '',
    unit,
    goal ?? '',
    met === undefined ? '' : met ? 'met' : 'missed',
  ]);
  const widths = head.map((text, i) => Math.max(text.length, ...body.map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** Ours over theirs: the median of the rounds' own ratios, so that a busier moment of the machine falls on both. */
export const medianRatio = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours.map((value, n) => value / (theirs[n] ?? Number.NaN)));

/** The smallest of the numbers that at least this share of them does not exceed. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
