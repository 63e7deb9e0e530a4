import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { inChromium, launch } from '../../support/chromium.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { type Cast, cast } from './support/cast.ts';
import { bundleDesk, faults, type Seat, sitDown, tooWide } from './support/console.ts';

interface View {
  name: string;
  /** What stands after the "#". */
  address(people: Cast): string;
  /** What is on it once it is all there. */
  sign: RegExp;
}

const calls: View = { name: 'the calls', address: () => '#/calls', sign: /Asked for a person/ };
const views: View[] = [
  { name: 'everybody', address: () => '#/people', sign: /Ana Ruiz/ },
  { name: 'a search in vain', address: () => '#/people?q=no-such-name', sign: /Nobody fits/ },
  calls,
  { name: 'the steps', address: () => '#/steps', sign: /people have begun/ },
  { name: 'the known issues', address: () => '#/issues', sign: /Logging in to IdenTrust/ },
  { name: 'a story beside the people', address: ({ bo }) => `#/people?person=${bo}`, sign: /Looked at "/ },
  {
    name: 'a story beside the calls',
    address: ({ ana }) => `#/calls?person=${ana}`,
    sign: /Answered "Yes, I have a Windows computer"/,
  },
  {
    name: 'a story that is none',
    address: () => `#/people?person=${randomUUID()}`,
    sign: /There is no journey/,
  },
];

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

  async function show({ page }: Seat, { address, sign }: View): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(address(people))}`);
    await page.getByText(sign).locator('visible=true').first().waitFor();
    // The list beside the story, too.
    await expect.poll(() => page.getByText('Looking…').locator('visible=true').count()).toBe(0);
  }

  describe.each([
    { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
    { colorScheme: 'light', viewport: { width: 390, height: 844 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const)('axe, in the $colorScheme theme at $viewport.width px', (options) => {
    let seat: Seat;
    beforeAll(async () => {
      seat = await sitDown(browser, rig, 'Kim', options);
    });
    afterAll(async () => {
      expect(seat.complaints).toEqual([]);
      await seat.page.context().close();
    });

    it.each(views)('finds nothing wrong with $name', async (view) => {
      await show(seat, view);
      expect(await faults(seat.page)).toEqual([]);
    });

    it('finds nothing wrong while one is asked, and told', async () => {
      await show(seat, calls);
      await seat.page.getByRole('button', { name: 'Resolve the call of Bo' }).click();
      await seat.page.getByRole('button', { name: /Tell Bo .* it is solved/ }).waitFor();
      await seat.page
        .getByRole('button', { name: /Claim the call of/ })
        .first()
        .click();
      await seat.page.getByText(/The call is yours|has it already/).waitFor();
      const found = await faults(seat.page);
      // Open again for the next theme, whatever was found in this one.
      await database.prisma.escalation.updateMany({
        data: { status: 'open', claimedBy: null, claimedAt: null },
      });
      expect(found).toEqual([]);
    });

    it('finds nothing wrong before one is signed in', async () => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      await page.goto(`${rig.address}/desk`);
      await page.getByRole('heading', { name: 'Sign in to the help desk' }).waitFor();
      expect(await faults(page)).toEqual([]);
      await page.goto(`${rig.address}${await rig.desk.issueSignIn({ id: 'desk:kim', name: 'Kim' })}`);
      expect(await faults(page)).toEqual([]);
      await context.close();
    });
  });

  it.each([390, 320])(
    'needs no sideways scrolling at %i px, with the longest names',
    async (width) => {
      const word = `${width}`.padEnd(90, 'W');
      const long = await rig.newcomer(`U${word}`, word);
      await rig.walks(long, 'mailbox');
      await rig.does(long, { type: 'human' });
      const seat = await sitDown(browser, rig, word, { viewport: { width, height: 780 } });
      const story = { name: 'the long name', address: () => `#/people?person=${long}`, sign: /Known as/ };
      const found: Record<string, string[]> = {};
      for (const view of [...views, story]) {
        await show(seat, view);
        const wide = await tooWide(seat.page);
        if (wide.length > 0) found[view.name] = wide;
      }
      expect(found).toEqual({});
      await seat.page.context().close();
    },
    300_000,
  );

  it('moves nothing for people who asked for that', async () => {
    const seat = await sitDown(browser, rig, 'Lou', { reducedMotion: 'reduce' });
    await show(seat, calls);
    await seat.page.getByRole('button', { name: 'Claim the call of Bo' }).click();
    await seat.page.getByText('The call is yours.').waitFor();
    const moving = await seat.page.evaluate<number>(
      "document.getAnimations().filter((one) => one.playState === 'running').length",
    );
    expect(moving).toBe(0);
    await seat.page.context().close();
  });
});
