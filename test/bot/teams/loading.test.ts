import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { startTestApp } from '../../support/app.ts';

/** What Node has loaded of the SDKs; they are CommonJS, so its cache tells. */
function loaded(): string[] {
  const sdk = /node_modules\/(@microsoft\/teams-ai|botbuilder|botframework-connector)\//;
  return Object.keys(createRequire(import.meta.url).cache).filter((file) => sdk.test(file));
}

it('loads Microsoft’s SDKs only where Teams is on', async () => {
  const without = await startTestApp();
  expect((await fetch(`${without.address}/api/messages`, { method: 'POST' })).status).toBe(404);
  expect(loaded()).toEqual([]);
  await without.end();
  const withTeams = await startTestApp({ TEAMS_ANONYMOUS: '1' });
  expect(loaded().length).toBeGreaterThan(100);
  await withTeams.end();
});
