import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowJsonSchema } from '../../src/flows/json-schema.ts';
import { smallFlow } from './support/small-flow.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const builtIn = 'src/flows/eca-download/flow.yaml';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command as `npm run flow -- …` does. */
function flow(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/flows/check-cli.ts', ...words], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

describe('npm run flow', () => {
  it('finds nothing wrong with the built-in flow, nor with its pictures', () => {
    expect(flow('check', builtIn)).toEqual({ status: 0, stdout: `${builtIn}: no errors\n`, stderr: '' });
  });

  it('prints each error of each file as file:line:column, and fails if one of them has any', () => {
    const bad = join(folder, 'bad.yaml');
    const worse = join(folder, 'worse.yaml');
    writeFileSync(bad, smallFlow({ body: 'Get {{opensc.fiel}}.', step: ['minuts: 2'] }));
    writeFileSync(worse, 'flow: [');
    const { status, stdout } = flow('check', bad, builtIn, worse);
    const [first, second, third, fourth] = stdout.split('\n');
    expect(first).toBe(`${bad}:12:19: there is no value "opensc.fiel"; did you mean "opensc.file"?`);
    expect(second).toBe(`${bad}:15:9: unknown key "minuts"; did you mean "minutes"?`);
    expect(third).toBe(`${builtIn}: no errors`);
    expect(fourth).toContain(`${worse}:1:8: not YAML: `);
    expect(status).toBe(1);
  });

  it('looks for pictures in the folder beside the document', () => {
    const file = join(folder, 'pictured.yaml');
    writeFileSync(file, smallFlow({ step: ['picture: { file: gone.png, alt: A very flat port }'] }));
    expect(flow('check', file)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`${file}:15:26: there is no picture "gone.png"`),
    });
  });

  it('says which file it cannot read', () => {
    const { status, stderr } = flow('check', join(folder, 'none.yaml'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/none\.yaml: cannot be read/);
  });

  it('explains itself when used wrongly', () => {
    for (const words of [[], ['check'], ['chekc', builtIn]]) {
      const { status, stderr } = flow(...words);
      expect(status).toBe(64);
      expect(stderr).toContain('check FILE…');
    }
  });

  it('prints the JSON Schema, and the committed one is the same', () => {
    const { status, stdout } = flow('schema');
    expect(status).toBe(0);
    const committed: unknown = JSON.parse(readFileSync(join(root, 'src/flows/flow.schema.json'), 'utf8'));
    expect(JSON.parse(stdout)).toEqual(committed);
    expect(JSON.parse(JSON.stringify(flowJsonSchema()))).toEqual(committed);
  });

  it('is what editors are shown for the built-in flow', () => {
    expect(readFileSync(join(root, builtIn), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/flow\.schema\.json\n/,
    );
  });
});
