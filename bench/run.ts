import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Bench, type Measure, tableOf } from './report.ts';

/** `npm run bench [-- NAME…] [-- --json FILE]`: measures, prints one table, and writes everything as JSON. */
const benches: Readonly<Record<string, () => Promise<{ measure: Measure }>>> = {
  decide: () => import('./decide/bench.ts'),
  press: () => import('./press/bench.ts'),
  start: () => import('./start/bench.ts'),
  memory: () => import('./memory/bench.ts'),
  slack: () => import('./slack/bench.ts'),
  teams: () => import('./teams/bench.ts'),
  agent: () => import('./agent/bench.ts'),
};

const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
const names = positionals.length > 0 ? positionals : Object.keys(benches);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}: write any of ${Object.keys(benches).join(', ')}.`);
  process.exit(64);
}

const results: Record<string, Bench> = {};
for (const name of names) {
  const module = await benches[name]?.();
  if (!module) continue;
  const say = (text: string) => console.error(`${name}: ${text}`);
  say('measuring');
  results[name] = await module.measure(say);
}
const rows = Object.values(results).flatMap((bench) => bench.rows);
console.log(`\n${tableOf(rows)}\n`);
for (const [name, { note }] of Object.entries(results)) if (note) console.log(`${name}: ${note}`);
if (values.json) {
  const machine = { cores: cpus().length, node: process.version };
  const report = { at: new Date().toISOString(), machine, benches: results };
  await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exitCode = rows.some((row) => row.met === false) ? 1 : 0;
