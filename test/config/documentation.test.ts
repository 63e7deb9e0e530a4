import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { envExample, settingsTable } from '../../src/config/describe.ts';
import { settings } from '../../src/config.ts';

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
