import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { settings } from '../../src/config.ts';

const known = Object.keys(settings);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecadesk-env-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('The environment', () => {
  it('is what it is where there is no .env', () => {
    expect(readEnvironment(folder, { PORT: '1' }, known)).toEqual({ PORT: '1' });
  });

  it('wins over .env', () => {
    writeFileSync(join(folder, '.env'), "PORT=2\nHELP_DESK_CONTACT='call # 4357'\n");
    expect(readEnvironment(folder, { PORT: '1' }, known)).toEqual({
      PORT: '1',
      HELP_DESK_CONTACT: 'call # 4357',
    });
  });

  it('does not let a misspelt setting in .env do nothing', () => {
    writeFileSync(join(folder, '.env'), 'SLACK_BOT_TOKN=xoxb-hunter2\nCOMPOSE_PROJECT_NAME=x\n');
    expect(() => readEnvironment(folder, {}, known)).toThrow(/^SLACK_BOT_TOKN .*write SLACK_BOT_TOKEN/);
    expect(() => readEnvironment(folder, {}, known)).not.toThrow(/hunter2|COMPOSE/);
  });
});
