import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { inChromium, launch } from '../../support/chromium.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { type Cast, cast } from './support/cast.ts';
import { bundleDesk, faults, type Seat, sitDown, tooWide } from './support/console.ts';

inChromium(() => {
  let database: Database;
  let rig: Rig;
  let browser: Browser;
  let people: Cast;

  beforeAll(async () => {
    database = await openDatabase({});
    rig = await startRig(database, { page: await bundleDesk() });
    people = await cast(rig);
    browser = await launch();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await rig.stop();
    await database.close();
  });

  /** Each view's address, and what is on it once it is all there. */
  const views = (): [string, string, RegExp][] => [
    ['everybody', '#/people', /Ana Ruiz/],
    ['nobody that fits', '#/people?q=nobody-of-that-name', /Nobody fits/],
    ['the calls', '#/calls', /Asked for a person/],
    ['the steps', '#/steps', /7 people have begun/],
    ['the known issues', '#/issues', /Logging in to IdenTrust/],
    ['a story beside the people', `#/people?person=${people.bo}`, /Looked at "I don't remember/],
    ['a story beside the calls', `#/calls?person=${people.ana}`, /Answered "Yes, I have a Windows computer"/],
    ['a story that is none', '#/people?person=00000000-0000-4000-8000-000000000000', /There is no journey/],
  ];

  async function show({ page }: Seat, address: string, sign: RegExp): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(address)}`);
    await page.getByText(sign).locator('visible=true').first().waitFor();
    // The list beside the story, too.
    await expect.poll(() => page.getByText('Looking…').locator('visible=true').count()).toBe(0);
  }

  describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
    it.each([
      ['at the desk', { width: 1280, height: 860 }],
      ['on a phone', { width: 390, height: 844 }],
    ] as const)('has no view in which axe finds anything wrong, %s', async (_where, viewport) => {
      const seat = await sitDown(browser, rig, 'Kim', { colorScheme, viewport });
      const found: Record<string, string[]> = {};
      for (const [name, address, sign] of views()) {
        await show(seat, address, sign);
        const wrong = await faults(seat.page);
        if (wrong.length > 0) found[name] = wrong;
      }
      expect(found).toEqual({});
      expect(seat.complaints).toEqual([]);
      await seat.page.context().close();
    });

    it('has nothing that axe finds wrong before one is signed in, and while one is asked', async () => {
      const context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      await page.goto(`${rig.address}/desk`);
      await page.getByRole('heading', { name: 'Sign in to the help desk' }).waitFor();
      expect(await faults(page)).toEqual([]);
      await page.goto(`${rig.address}${await rig.desk.issueSignIn({ id: 'desk:kim', name: 'Kim' })}`);
      expect(await faults(page)).toEqual([]);
      await page.goto(`${rig.address}/desk/sign-in?token=spent`);
      await page.getByRole('heading', { name: 'Get a new sign-in link' }).waitFor();
      expect(await faults(page)).toEqual([]);
      await context.close();
      const seat = await sitDown(browser, rig, 'Kim', { colorScheme });
      await show(seat, '#/calls', /Asked for a person/);
      await seat.page.getByRole('button', { name: 'Resolve the call of Bo' }).click();
      await seat.page.getByRole('button', { name: /Tell Bo .* it is solved/ }).waitFor();
      expect(await faults(seat.page)).toEqual([]);
      await seat.page.context().close();
    });
  });

  it.each([390, 320])('needs no sideways scrolling at %i px, with the longest names', async (width) => {
    const word = 'W'.repeat(90);
    const long = await rig.newcomer(`U${word}`, word);
    await rig.walks(long, 'mailbox');
    await rig.does(long, { type: 'human' });
    const seat = await sitDown(browser, rig, word, { viewport: { width, height: 780 } });
    const found: Record<string, string[]> = {};
    for (const [name, address, sign] of [
      ...views(),
      ['the long name', `#/people?person=${long}`, /Known as/] as const,
    ]) {
      await show(seat, address, sign);
      const wide = await tooWide(seat.page);
      if (wide.length > 0) found[name] = wide;
    }
    expect(found).toEqual({});
    await seat.page.context().close();
    await database.prisma.journey.update({ where: { id: long }, data: { status: 'paused' } });
  });

  it('moves nothing for people who asked for that', async () => {
    const seat = await sitDown(browser, rig, 'Kim', { reducedMotion: 'reduce' });
    await show(seat, '#/calls', /Asked for a person/);
    await seat.page.getByRole('button', { name: 'Claim the call of Bo' }).click();
    await seat.page.getByText('The call is yours.').waitFor();
    const moving = await seat.page.evaluate<number>(
      "document.getAnimations().filter((one) => one.playState === 'running').length",
    );
    expect(moving).toBe(0);
    await seat.page.context().close();
  });
});
