import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

/** Where each import stands, what it says, and whether the house allows it. */
const imports: [where: string, what: string, allowed: boolean][] = [
  ['src/flows/a.ts', '../store/journal.ts', false],
  ['src/flows/a.ts', '../bot/message.ts', false],
  ['src/flows/journey/a.ts', '../../config.ts', false],
  ['src/flows/journey/a.ts', '../../agent/protocol.ts', false],
  ['src/flows/a.ts', 'node:fs', false],
  ['src/flows/journey/a.ts', 'node:crypto', false],
  ['src/flows/a.ts', 'node:fs/promises', false],
  ['src/flows/a.ts', 'pg', false],
  ['src/flows/a.ts', './flow.ts', true],
  ['src/flows/a.ts', 'zod', true],
  ['src/flows/check-cli.ts', 'node:fs', true],
  ['src/store/a.ts', '../bot/message.ts', false],
  ['src/store/a.ts', '../desk/wire.ts', false],
  ['src/store/a.ts', './errors.ts', true],
  ['src/server/a.ts', '../bot/message.ts', false],
  ['src/server/a.ts', '../store/database.ts', false],
  ['src/server/a.ts', '../config/server.ts', true],
  ['src/bot/engine/a.ts', '../slack/index.ts', false],
  ['src/bot/a.ts', './teams/index.ts', false],
  ['src/bot/a.ts', './local/index.ts', false],
  ['src/bot/a.ts', '../desk/index.ts', false],
  ['src/bot/a.ts', '../devices/index.ts', false],
  ['src/bot/a.ts', '../agent/protocol.ts', false],
  ['src/bot/a.ts', '@slack/web-api', false],
  ['src/bot/a.ts', 'botbuilder', false],
  ['src/bot/a.ts', '../flows/event.ts', true],
  ['src/bot/a.ts', '../store/journal.ts', true],
  ['src/bot/local/a.ts', '../slack/index.ts', false],
  ['src/bot/local/a.ts', '../../server/loopback.ts', false],
  ['src/bot/local/page/a.tsx', '../../../desk/index.ts', false],
  ['src/bot/local/a.ts', '../message.ts', true],
  ['src/bot/slack/a.ts', '../teams/index.ts', false],
  ['src/bot/slack/a.ts', 'botbuilder', false],
  ['src/bot/slack/a.ts', '../../devices/index.ts', false],
  ['src/bot/slack/a.ts', '@slack/bolt', true],
  ['src/bot/slack/a.ts', '../channel.ts', true],
  ['src/bot/teams/sdk/a.ts', '../../slack/index.ts', false],
  ['src/bot/teams/a.ts', '@slack/bolt', false],
  ['src/bot/teams/sdk/a.ts', '@microsoft/teams-ai', true],
  ['src/bot/teams/sdk/a.ts', 'botbuilder', true],
  ['src/desk/a.ts', '../bot/slack/index.ts', false],
  ['src/desk/a.ts', '../devices/index.ts', false],
  ['src/desk/queries/a.ts', '@slack/bolt', false],
  ['src/desk/a.ts', '../bot/message.ts', true],
  ['src/devices/a.ts', '../agent/check.ts', false],
  ['src/devices/a.ts', '../agent/pkcs11/look.ts', false],
  ['src/devices/a.ts', '../agent/verdict.ts', true],
  ['src/devices/a.ts', '../agent/certificates/trust-bundle.ts', true],
  ['src/devices/a.ts', '../desk/index.ts', false],
  ['src/devices/a.ts', '../bot/slack/index.ts', false],
  ['src/devices/a.ts', '../bot/message.ts', true],
  ['src/devices/a.ts', '../agent/protocol.ts', true],
  ['src/devices/a.ts', '../store/journal.ts', true],
  ['src/agent/a.ts', '../store/journal.ts', false],
  ['src/agent/cli/a.ts', '../../flows/flow.ts', false],
  ['src/agent/a.ts', '../devices/index.ts', false],
  ['src/agent/a.ts', '../config.ts', false],
  ['src/agent/a.ts', './protocol.ts', true],
  ['src/app.ts', '@slack/bolt', false],
  ['src/app.ts', '@microsoft/teams-ai', false],
  ['src/app.ts', 'botframework-connector', false],
  ['src/config/a.ts', '@slack/types', false],
  ['src/app.ts', './bot/slack/index.ts', true],
];

const report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      location: z.object({ path: z.string(), start: z.object({ line: z.number() }) }),
    }),
  ),
});

let folder: string;
let refused: Set<string>;

/** One file for each place, one line for each import; then the linter, with this project's own rules, looks once. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecadesk-imports-'));
  copyFileSync('biome.json', join(folder, 'biome.json'));
  copyFileSync('.gitignore', join(folder, '.gitignore'));
  for (const [where, lines] of Map.groupBy(imports, ([where]) => where)) {
    mkdirSync(join(folder, dirname(where)), { recursive: true });
    writeFileSync(join(folder, where), lines.map(([, what]) => `import '${what}';\n`).join(''));
  }
  refused = await lint();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function lint(): Promise<Set<string>> {
  const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome');
  const rule = 'style/noRestrictedImports';
  const args = [biome, 'lint', `--only=${rule}`, '--reporter=json', '--max-diagnostics=none', 'src'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout));
  });
  const { diagnostics } = report.parse(JSON.parse(output));
  const ours = diagnostics.filter(({ category }) => category === `lint/${rule}`);
  return new Set(ours.map(({ location }) => `${location.path}:${location.start.line}`));
}

describe('Imports point one way', () => {
  it.each(imports)('%s imports %s: %s', (where, what, allowed) => {
    const line = imports.filter((one) => one[0] === where).findIndex((one) => one[1] === what) + 1;
    expect(refused.has(`${where}:${line}`)).toBe(!allowed);
  });
});
