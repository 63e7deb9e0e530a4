import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { envExample, settingsTable } from '../../src/config/describe.ts';
import { settings } from '../../src/config.ts';
import { checkFlow } from '../../src/flows/check.ts';

describe('Settings, README and .env.example', () => {
  it('.env.example lists every setting as the schema has it (else: node scripts/write-settings.ts)', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample(settings));
  });

  it('the README has the same table (else: node scripts/write-settings.ts)', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(settingsTable(settings));
  });

  it('every example in it is well formed, so that taking away the # is enough', () => {
    const values = parseEnv(readFileSync('.env.example', 'utf8').replace(/^#([A-Z0-9_]+=)/gm, '$1'));
    expect(Object.keys(values).sort()).toEqual(Object.keys(settings).sort());
    for (const [name, setting] of Object.entries(settings))
      expect(setting.read.safeParse(values[name]), name).toMatchObject({ success: true });
  });
});

describe('The README', () => {
  it('shows a flow that the check finds no fault with', () => {
    const yaml = /```yaml\n([\s\S]+?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
    expect(yaml).toContain('flow: badge');
    expect(checkFlow(yaml, { hasPicture: () => false })).toEqual([]);
  });

  it('tells of every command that package.json has for people', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const own = new Set(['prepare', 'prestart', 'pretest', 'types', 'lint']);
    const readme = readFileSync('README.md', 'utf8');
    const untold = Object.keys(scripts).filter(
      (name) => !own.has(name) && !new RegExp(`npm (run )?${name}\\b`).test(readme),
    );
    expect(untold).toEqual([]);
  });
});
