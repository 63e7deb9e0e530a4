import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkFlow } from './check.ts';
import { flowJsonSchema } from './json-schema.ts';

const usage = `npm run flow -- check FILE…   validates flow documents: file:line:column: what is wrong and what to write
npm run flow -- schema        prints the JSON Schema of a flow document`;

/** Checks each file and prints what is wrong; returns the exit code. */
function check(files: readonly string[]): number {
  return Math.max(...files.map(checkFile));
}

function checkFile(file: string): number {
  let yaml: string;
  try {
    yaml = readFileSync(file, 'utf8');
  } catch (e) {
    console.error(`${file}: cannot be read (${e instanceof Error ? e.message : String(e)})`);
    return 1;
  }
  const pictures = join(dirname(file), 'pictures');
  const faults = checkFlow(yaml, { hasPicture: (name) => existsSync(join(pictures, name)) });
  for (const { line, column, message } of faults) console.log(`${file}:${line}:${column}: ${message}`);
  if (faults.length === 0) console.log(`${file}: no errors`);
  return faults.length === 0 ? 0 : 1;
}

function run([command, ...files]: readonly string[]): number {
  if (command === 'check' && files.length > 0) return check(files);
  if (command === 'schema' && files.length === 0) {
    console.log(JSON.stringify(flowJsonSchema(), null, 2));
    return 0;
  }
  console.error(usage);
  return 64;
}

process.exitCode = run(process.argv.slice(2));
