import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readFlowText } from '../src/flows/flow-text.ts';

/** The built-in flow as JSON, under the checksum of its text: to read its YAML took a tenth of the time of a start. */
const flow = new URL('../src/flows/eca-download/flow.yaml', import.meta.url);
const folder = new URL('../dist/flows/', import.meta.url);

export async function buildFlows(): Promise<void> {
  const text = await readFile(flow, 'utf8');
  const { value, faults } = readFlowText(text);
  if (faults.length > 0) throw new Error('The built-in flow has faults: npm run flow -- check tells which.');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const name = createHash('sha256').update(text).digest('hex');
  await writeFile(new URL(`${name}.json`, folder), JSON.stringify(value));
}

if (import.meta.main) await buildFlows();
