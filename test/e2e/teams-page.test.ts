import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { inChromium, launch } from '../support/chromium.ts';
import { freePort, Playground } from '../support/teams/playground.ts';

inChromium(() => {
  vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
  let app: TestApp;
  let teams: Playground;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    app = await startTestApp({
      PORT: String(await freePort()),
      TEAMS_ANONYMOUS: '1',
      TEAMS_HELPDESK_CHANNEL: 'channel-announcements-id',
      TEAMS_THREAD_PER_SECOND: '1000',
      TEAMS_TENANT_PER_SECOND: '10000',
    });
    teams = await Playground.start(`${app.address}/api/messages`);
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    // The page is nine megabytes of script; on a busy machine that takes its time.
    page.setDefaultTimeout(90_000);
    // Its fonts are elsewhere: the page works before they fail to load.
    await page.goto(teams.url, { waitUntil: 'commit' });
  });
  afterAll(async () => {
    await browser?.close();
    await teams?.stop();
    await app?.end();
  });

  const keep = async (name: string) => {
    if (process.env.SCREENSHOTS)
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/teams-${name}.png` });
  };
  const say = async (text: string) => {
    await page.locator('[contenteditable=true], textarea').first().fill(text);
    await page.keyboard.press('Enter');
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name }).last();

  it('shows a card; a press changes it in place, picture and all', async () => {
    await say('start');
    await button('Yes, I have a Windows computer').waitFor();
    await keep('card');
    await button('Yes, I have a Windows computer').click();
    await page.getByText('Set your USB token aside').waitFor();
    const picture = page.getByRole('img', { name: /USB token lies beside/ });
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((image) => 'naturalWidth' in image && Number(image.naturalWidth)))
      .toBeGreaterThan(100);
    await keep('pressed');
    expect(await page.getByText('Find a Windows computer').count()).toBeGreaterThan(0);
    expect(await button('Yes, I have a Windows computer').count()).toBe(0);
  });

  it('shows a reminder that arrives by itself', async () => {
    const bars = await page.getByText('Step 2 of').count();
    // A day later: within working hours in the zone that the Playground tells of its person as well.
    app.clock.now += 24 * 60 * 60_000;
    await app.sweep();
    await page
      .getByText(/Shall we go on/)
      .first()
      .waitFor();
    expect(bars).toBeGreaterThan(0);
    await keep('nudge');
  });

  it('shows the staff post in the help desk’s channel', async () => {
    await say('human');
    await page.getByText('I told the help desk').first().waitFor();
    await page.getByText('Announcements').first().click();
    await button('Claim').waitFor();
    await keep('staff');
  });
});
