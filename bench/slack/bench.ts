import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Measure } from '../report.ts';
import { inFolder } from '../support/databases.ts';

const result = z.object({
  table: z.array(
    z.object({
      name: z.string(),
      'presses/s': z.number(),
      'reply p50 ms': z.number(),
      'reply p99 ms': z.number(),
    }),
  ),
});

/** Runs `run.ts`, which can be run alone with options of its own, and reads what it found. */
export const measure: Measure = () =>
  inFolder(async (folder) => {
    const file = join(folder, 'slack.json');
    const program = fileURLToPath(new URL('./run.ts', import.meta.url));
    const child = spawn(process.execPath, [program, '--json', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    process.once('exit', () => child.kill());
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`bench/slack/run.ts ended with ${code}`);
    const raw: unknown = JSON.parse(await readFile(file, 'utf8'));
    const { table } = result.parse(raw);
    const ours = table.find((row) => row.name.startsWith('ecadesk'));
    const peer = table.find((row) => row.name.includes('INSERT'));
    if (!ours || !peer) throw new Error('bench/slack/run.ts did not report ecadesk beside Bolt');
    const row = (name: string, column: 'presses/s' | 'reply p50 ms' | 'reply p99 ms', unit: string) => ({
      name: `Slack, ${name}`,
      ours: ours[column],
      peer: { name: 'Bolt + one INSERT', value: peer[column] },
      unit,
    });
    return {
      rows: [
        row('presses', 'presses/s', '1/s'),
        row('press → edit, median', 'reply p50 ms', 'ms'),
        row('press → edit, p99', 'reply p99 ms', 'ms'),
      ],
      raw,
    };
  });
