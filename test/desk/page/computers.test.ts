import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { AgentDesk, AgentItem } from '../../../src/desk/agents.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { inChromium, launch } from '../../support/chromium.ts';
import { hour, type Rig, startRig } from '../support/rig.ts';
import { bundleDesk, faults, type Seat, sitDown, tooWide } from './support/console.ts';

inChromium(() => {
  let database: Database;
  let rig: Rig;
  let browser: Browser;
  let stopped: { by: string; at: Date } | null = null;
  let items: AgentItem[] = [];
  let ana = '';
  const seats: Seat[] = [];

  const agents: AgentDesk = {
    stopped: () => stopped,
    async overview() {
      const counts = { connected: 0, offline: 0, disabled: 0, unpaired: 0 };
      for (const { state } of items) counts[state] += 1;
      return { mode: stopped ? 'off' : 'look', stopped, counts, items };
    },
    pairedWith: async (id) => items.find((one) => one.journeyId === id && one.state !== 'unpaired') ?? null,
    async stop(by) {
      stopped = { by: by.name, at: new Date(rig.now) };
      rig.changes.announce(null);
    },
    async resume() {
      stopped = null;
      rig.changes.announce(null);
    },
    async unpair(id, by) {
      const found = items.some((one) => one.journeyId === id && one.state !== 'unpaired');
      const end = { state: 'unpaired' as const, unpairedAt: new Date(rig.now), unpairedBy: by.id };
      items = items.map((one) => (one.journeyId === id ? { ...one, ...end } : one));
      return found;
    },
  };

  const item = (
    person: string,
    journeyId: string,
    state: AgentItem['state'],
    hostname: string,
  ): AgentItem => ({
    id: randomUUID(),
    journeyId,
    person,
    hostname,
    system: 'Windows 11',
    state,
    pairedAt: new Date(rig.now - 30 * hour),
    heardAt: new Date(rig.now - 2.5 * hour),
    unpairedAt: null,
    unpairedBy: null,
  });

  beforeAll(async () => {
    database = await openDatabase({});
    rig = await startRig(database, { page: await bundleDesk(), agents, leads: ['slack:T1:Lea'] });
    browser = await launch();
    ana = await rig.newcomer('UANA', 'Ana Ruiz');
    await rig.walks(ana, 'mailbox');
  }, 120_000);
  beforeEach(async () => {
    stopped = null;
    const others = await Promise.all(
      ['Bo Lind', 'Cem Aydin'].map((name) => rig.newcomer(`U${name.slice(0, 2)}`, name)),
    );
    items = [
      item('Ana Ruiz', ana, 'connected', 'ANAS-PC'),
      item(
        'Bo Lind',
        others[0] ?? '',
        'offline',
        'A-VERY-LONG-HOST-NAME-OF-A-COMPUTER-THAT-NOBODY-SHORTENED-IN-TIME',
      ),
      item('Cem Aydin', others[1] ?? '', 'disabled', 'CEM'),
    ];
  });
  afterEach(async () => {
    for (const { page, complaints } of seats.splice(0)) {
      await page.context().close();
      expect(complaints).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser.close();
    await rig.stop();
    await database.close();
  });

  async function sit(name: string, hash = '#/computers', options = {}): Promise<Page> {
    const seat = await sitDown(browser, rig, name, options);
    seats.push(seat);
    await seat.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    return seat.page;
  }

  it('lists computers by their states in words, and leads to the person', async () => {
    const page = await sit('Kim');
    const row = page.getByRole('region', { name: 'Connected 1' }).getByRole('listitem');
    await row.getByText('ANAS-PC').waitFor();
    await row.getByText('Check that you can open your e-mail').waitFor();
    await page
      .getByRole('region', { name: 'Offline 1' })
      .getByText(/^2 h (29|30) min$/)
      .waitFor();
    await page
      .getByRole('region', { name: 'Switched off at the computer 1' })
      .getByText('CEM', { exact: true })
      .waitFor();
    expect(await page.getByRole('button', { name: 'Stop all agents' }).count()).toBe(0);
    await row.getByRole('link', { name: 'Ana Ruiz' }).click();
    await page.getByRole('region', { name: 'Paired computer' }).getByText('ANAS-PC').first().waitFor();
  });

  it('lets a lead stop all by keyboard, asked once; everybody sees it in every view', async () => {
    const kim = await sit('Kim', '#/people');
    const lea = await sit('Lea');
    await lea.getByRole('button', { name: 'Stop all agents' }).focus();
    await lea.keyboard.press('Enter');
    const sure = lea.getByRole('button', { name: 'Stop all agents now' });
    const asks = () => expect.poll(() => sure.evaluate((one) => one.matches(':focus'))).toBe(true);
    await asks();
    await lea.keyboard.press('Escape');
    await sure.waitFor({ state: 'detached' });
    expect(stopped).toBeNull();
    await lea.keyboard.press('Enter');
    // There is not yet focused: the next key would go nowhere.
    await asks();
    await lea.keyboard.press('Enter');
    await kim
      .getByRole('status')
      .getByText(/All agents are stopped, since .* by Lea/)
      .waitFor();
    expect(await kim.getByRole('button', { name: 'Let them work again' }).count()).toBe(0);
    const origin = { origin: rig.address };
    const refused = await kim.request.post(`${rig.address}/api/v1/agents/resume`, { headers: origin });
    expect(refused.status()).toBe(403);
    await lea.evaluate("location.hash = '#/steps'");
    await lea.getByRole('button', { name: 'Let them work again' }).click();
    await kim.getByText(/All agents are stopped/).waitFor({ state: 'detached' });
  });

  it('lets staff unpair a computer from the story, asked once', async () => {
    const page = await sit('Kim', `#/people?person=${ana}`);
    await page.getByRole('button', { name: 'Unpair ANAS-PC' }).click();
    expect(items[0]?.state).toBe('connected');
    await page.getByRole('button', { name: 'Unpair ANAS-PC' }).click();
    await page.getByText('Unpaired. Ana Ruiz has been told.').waitFor();
    await page.getByRole('region', { name: 'Paired computer' }).waitFor({ state: 'detached' });
    expect(items[0]).toMatchObject({ state: 'unpaired', unpairedBy: 'slack:T1:Kim' });
  });

  it.each([600, 800, 900, 1100])(
    'has "Sign out" on the first line at %i px, beside all views',
    async (width) => {
      const page = await sit('Lea', '#/computers', { viewport: { width, height: 780 } });
      await page.getByText('ANAS-PC').waitFor();
      const ends = [page.getByRole('heading', { level: 1 }), page.getByRole('button', { name: 'Sign out' })];
      const [first, last] = await Promise.all(ends.map((one) => one.boundingBox()));
      const middle = (box: typeof first) => (box ? box.y + box.height / 2 : Number.NaN);
      expect(Math.abs(middle(last) - middle(first))).toBeLessThan(8);
    },
  );

  it.each([
    { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
    { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
    { colorScheme: 'light', viewport: { width: 390, height: 844 } },
    { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  ] as const)(
    'axe finds nothing wrong, nor too wide, in $colorScheme at $viewport.width px',
    async (options) => {
      const page = await sit('Lea', '#/computers', options);
      const shot = async (name: string) => {
        expect(await faults(page)).toEqual([]);
        expect(await tooWide(page)).toEqual([]);
        const to = process.env.SHOTS;
        if (to)
          await page.screenshot({
            path: `${to}/${name}-${options.colorScheme}-${options.viewport.width}.png`,
          });
      };
      await page.getByText('ANAS-PC').waitFor();
      await page.getByRole('button', { name: 'Stop all agents' }).click();
      await shot('sure');
      await page.getByRole('button', { name: 'Stop all agents now' }).click();
      await page.getByRole('button', { name: 'Let them work again' }).waitFor();
      await page.evaluate(`location.hash = '#/computers?person=${ana}'`);
      await page.getByRole('button', { name: 'Unpair ANAS-PC' }).click();
      await page.getByRole('button', { name: 'Leave it' }).waitFor();
      await shot('stopped');
    },
  );
});

inChromium(() => {
  it('shows nothing of computers where the organisation has none', async () => {
    const database = await openDatabase({});
    const rig = await startRig(database, { page: await bundleDesk() });
    const browser = await launch();
    const { page } = await sitDown(browser, rig, 'Kim');
    await page.getByText('Nobody is here yet').waitFor();
    await page.getByRole('link', { name: 'Steps' }).waitFor();
    expect(await page.getByRole('link', { name: 'Computers' }).count()).toBe(0);
    await browser.close();
    await rig.stop();
    await database.close();
  }, 120_000);
});
