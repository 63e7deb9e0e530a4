import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { teamsApp } from '../../../scripts/build-teams-app.ts';
import { employeeWords } from '../../../src/bot/words.ts';
import { appId } from '../../support/teams/activities.ts';

const env = { MICROSOFT_APP_ID: appId, PUBLIC_URL: 'https://help.example.org/' };

/** What Teams refuses an upload for, as its manifest schema 1.19 states it. */
const manifest = z.looseObject({
  $schema: z.url(),
  manifestVersion: z.literal('1.19'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  id: z.uuid(),
  developer: z.object({
    name: z.string().max(32),
    websiteUrl: z.url({ protocol: /^https$/ }).max(2048),
    privacyUrl: z.url({ protocol: /^https$/ }),
    termsOfUseUrl: z.url({ protocol: /^https$/ }),
  }),
  name: z.object({ short: z.string().max(30), full: z.string().max(100) }),
  description: z.object({ short: z.string().max(80), full: z.string().max(4000) }),
  icons: z.object({ color: z.string(), outline: z.string() }),
  accentColor: z.string().regex(/^#[0-9a-f]{6}$/i),
  bots: z
    .array(
      z.object({
        botId: z.uuid(),
        scopes: z.array(z.enum(['personal', 'team', 'groupChat'])).min(1),
        supportsFiles: z.boolean(),
        isNotificationOnly: z.boolean(),
        commandLists: z.array(
          z.object({
            scopes: z.array(z.string()),
            commands: z
              .array(z.object({ title: z.string().max(128), description: z.string().max(128) }))
              .max(10),
          }),
        ),
      }),
    )
    .length(1),
  validDomains: z.array(z.string().regex(/^[a-z0-9.-]+$/)),
});

const png = (data: Uint8Array | undefined) => {
  const view = new DataView((data ?? new Uint8Array(32)).slice().buffer);
  return { signature: view.getUint32(0), width: view.getUint32(16), height: view.getUint32(20) };
};

describe('the app package for Teams', () => {
  it('holds a manifest that Teams takes, with this organisation’s bot and address, and both icons', async () => {
    const files = unzipSync(await teamsApp(env));
    expect(Object.keys(files).sort()).toEqual(['color.png', 'manifest.json', 'outline.png']);
    const text = new TextDecoder().decode(files['manifest.json']);
    expect(text).not.toContain('{{');
    const read = manifest.parse(JSON.parse(text));
    expect([read.id, read.bots[0]?.botId]).toEqual([appId, appId]);
    expect(read.validDomains).toEqual(['help.example.org']);
    expect(read.developer.websiteUrl).toBe('https://help.example.org');
    expect(png(files['color.png'])).toEqual({ signature: 0x89504e47, width: 192, height: 192 });
    expect(png(files['outline.png'])).toEqual({ signature: 0x89504e47, width: 32, height: 32 });
  });

  it('offers no word that the bot does not know', async () => {
    const text = new TextDecoder().decode(unzipSync(await teamsApp(env))['manifest.json']);
    const words = manifest
      .parse(JSON.parse(text))
      .bots.flatMap((bot) =>
        bot.commandLists.flatMap((list) => list.commands.map((command) => command.title)),
      );
    expect(words.length).toBeGreaterThan(3);
    expect(words.filter((word) => !employeeWords.some((known) => known === word))).toEqual([]);
  });

  it.each([
    ['an application id', { PUBLIC_URL: 'https://help.example.org' }, 'MICROSOFT_APP_ID is missing'],
    ['an address', { MICROSOFT_APP_ID: appId }, 'PUBLIC_URL is missing'],
    ['an https address', { ...env, PUBLIC_URL: 'http://help.example.org' }, 'PUBLIC_URL is missing'],
  ])('is not made without %s, and says what to write', async (_name, given, words) => {
    await expect(teamsApp(given)).rejects.toThrow(words);
  });
});
