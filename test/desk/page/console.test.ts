import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { inChromium, launch } from '../../support/chromium.ts';
import { type Rig, startRig } from '../support/rig.ts';
import { seed, wipe } from '../support/seed.ts';
import { bundleDesk, type Seat, sitDown } from './support/console.ts';

inChromium(() => {
  let database: Database;
  let rig: Rig;
  let browser: Browser;
  const seats: Seat[] = [];

  beforeAll(async () => {
    database = await openDatabase({});
    rig = await startRig(database, { page: await bundleDesk() });
    browser = await launch();
  }, 120_000);
  beforeEach(() => wipe(database.prisma));
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

  async function sit(name: string, hash = ''): Promise<Page> {
    const seat = await sitDown(browser, rig, name);
    seats.push(seat);
    if (hash !== '') await seat.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    return seat.page;
  }

  /** Somebody who asks for a person at the activation code. */
  async function caller(id: string, name: string): Promise<string> {
    const journey = await rig.newcomer(id, name);
    await rig.walks(journey, 'mailbox');
    await rig.does(journey, { type: 'human' });
    return journey;
  }

  const focused = (page: Page) =>
    page.evaluate<string>('document.activeElement?.textContent || document.activeElement?.id || ""');

  /** Tabs until what has the focus is called so; every stop on the way shows a ring. */
  async function tabTo(page: Page, name: RegExp): Promise<void> {
    for (let stops = 0; stops < 40; stops++) {
      await page.keyboard.press('Tab');
      const [text, ring] = await page.locator(':focus').evaluate((element) => {
        const view = element.ownerDocument.defaultView;
        const outlines = [null, '::after'].map((part) => view?.getComputedStyle(element, part).outlineStyle);
        return [element.textContent || element.id, outlines.some((one) => one !== 'none')] as const;
      });
      expect(ring, `a ring around ${text}`).toBe(true);
      if (name.test(text)) return;
    }
    throw new Error(`${name} cannot be reached by keyboard`);
  }

  it('lets somebody without a mouse find a stuck person, read the story, claim and resolve', async () => {
    const journey = await caller('UANA', 'Ana Ruiz');
    await caller('UBO', 'Bo Lind');
    const page = await sit('Kim');
    await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
    await tabTo(page, /search/);
    await page.keyboard.type('ana');
    await page.getByRole('link', { name: 'Bo Lind' }).waitFor({ state: 'detached' });
    expect(page.url()).toContain('q=ana');
    await tabTo(page, /Ana Ruiz/);
    await page.keyboard.press('Enter');
    const story = page.getByRole('region', { name: 'Ana Ruiz', exact: true });
    await story.getByText('Asked for a person; the help desk was told').waitFor();
    expect(await focused(page)).toBe('Ana Ruiz');
    // The steps, each with on whose word it was done.
    await story.getByText('Finished "Set your USB token aside", on their word').waitFor();

    await tabTo(page, /^Claim/);
    await page.keyboard.press('Enter');
    await story.getByText('You are on it', { exact: true }).waitFor();
    await story.getByText('Kim claimed it').waitFor();
    await expect.poll(() => focused(page)).toMatch(/^Resolve/);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Tell Ana Ruiz it is solved');
    // A second thought costs nothing and keeps the place.
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toMatch(/^Resolve/);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Tell Ana Ruiz it is solved');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Resolved. Ana Ruiz has been told.').waitFor();
    await story.getByText('Kim resolved it').waitFor();
    await expect.poll(() => focused(page)).toBe('Ana Ruiz');
    await page.keyboard.press('Escape');
    await story.waitFor({ state: 'detached' });
    await expect
      .poll(() => page.evaluate<string>('document.activeElement?.id ?? ""'))
      .toBe(`person-${journey}`);
  });

  it('gives a call to one of two who claim at once, and tells the other who has it', async () => {
    await caller('UANA', 'Ana Ruiz');
    const desks = [await sit('Kim', '#/calls'), await sit('Sam', '#/calls')];
    const buttons = desks.map((page) => page.getByRole('button', { name: 'Claim the call of Ana Ruiz' }));
    for (const button of buttons) await button.waitFor();
    // Both decide on what they see; neither has heard of the other.
    for (const page of desks) await page.route('**/api/v1/escalations?*', (route) => route.abort());
    await Promise.all(buttons.map((button) => button.click()));
    const won = desks.map((page) => page.getByText('The call is yours.'));
    const lost = desks.map((page) => page.getByRole('alert').getByText(/^(Kim|Sam) has it already\.$/));
    await expect
      .poll(async () => (await Promise.all([...won, ...lost].map((one) => one.count()))).join(''))
      .toMatch(/^(1001|0110)$/);
    const winner = (await won[0]?.count()) === 1 ? 0 : 1;
    const loser = desks[1 - winner];
    for (const page of desks) await page.unroute('**/api/v1/escalations?*');
    await loser?.getByText(`${['Kim', 'Sam'][winner]} is on it`).waitFor();
    await desks[winner]?.getByText('You are on it', { exact: true }).waitFor();
    expect(await database.prisma.history.count({ where: { type: 'claim' } })).toBe(1);
  });

  it('shows what is new at once, and takes neither the focus nor what is typed nor the place', async () => {
    await seed(
      database.prisma,
      rig.flow,
      Array.from({ length: 30 }, (_, i) => ({ status: 'stuck', since: rig.now - i, name: `Person ${i}` })),
    );
    const page = await sit('Kim');
    await page.getByRole('link', { name: 'Person 0', exact: true }).focus();
    const before = await page.evaluate<number>('scrollY');
    expect(before).toBeGreaterThan(0);
    await caller('UANA', 'Ana Ruiz');
    await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
    expect(await focused(page)).toBe('Person 0');
    expect(await page.evaluate<number>('scrollY')).toBe(before);

    const search = page.getByLabel('Name');
    await search.pressSequentially('Person 2');
    await caller('UBO', 'Person 2 and Bo');
    await page.getByRole('link', { name: 'Person 2 and Bo' }).waitFor();
    await page.keyboard.type('9');
    expect(await search.inputValue()).toBe('Person 29');
    await page.getByRole('link', { name: 'Person 2 and Bo' }).waitFor({ state: 'detached' });
  });

  it('moves the focus along with a call that somebody else has claimed', async () => {
    await caller('UANA', 'Ana Ruiz');
    const page = await sit('Kim', '#/calls');
    await page.getByRole('button', { name: 'Resolve the call of Ana Ruiz' }).focus();
    const call = await database.prisma.escalation.findFirstOrThrow();
    const event = { type: 'claim', escalation: call.id, by: 'slack:T1:Sam', name: 'Sam' } as const;
    await rig.engine.happen(call.journeyId, event, { kind: 'staff', id: 'slack:T1:Sam' });
    await page.getByText('Sam is on it').waitFor();
    expect(await focused(page)).toBe('Resolve the call of Ana Ruiz');
  });

  it('tells plainly that the session has ended, and goes on at the same place after signing in again', async () => {
    const journey = await caller('UANA', 'Ana Ruiz');
    const page = await sit('Kim', `#/people?status=stuck&person=${journey}`);
    await page.getByRole('region', { name: 'Ana Ruiz', exact: true }).waitFor();
    await database.prisma.staffSession.deleteMany();
    // Something happens elsewhere; the page wants to look, and may not.
    rig.changes.announce(journey);
    await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
    await page.getByText(/type console to the bot/).waitFor();
    expect(await page.content()).not.toContain('Ana Ruiz');
    const other = await page.context().newPage();
    await other.goto(`${rig.address}${await rig.desk.issueSignIn({ id: 'slack:T1:Kim', name: 'Kim' })}`);
    await other.getByRole('button', { name: 'Sign in as Kim' }).click();
    await page.getByRole('region', { name: 'Ana Ruiz', exact: true }).waitFor();
    expect(page.url()).toContain('status=stuck');
  });

  it('signs out, and shows nothing any more', async () => {
    await database.prisma.staffSession.deleteMany();
    await caller('UANA', 'Ana Ruiz');
    const page = await sit('Kim');
    await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    expect(await database.prisma.staffSession.count()).toBe(0);
    expect(await page.content()).not.toContain('Ana Ruiz');
  });

  it('says that the connection is lost and from when the data is, and mends itself', async () => {
    await caller('UANA', 'Ana Ruiz');
    const other = await startRig(database, { page: await bundleDesk() });
    const seat = await sitDown(browser, other, 'Kim');
    seats.push(seat);
    const { page } = seat;
    await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
    await other.stop();
    await page
      .getByRole('status')
      .getByText(/Connection lost\. What you see is from/)
      .waitFor();
    await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
    const back = await startRig(database, {
      page: await bundleDesk(),
      port: Number(new URL(other.address).port),
    });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/Connection lost/).waitFor({ state: 'detached' });
    await page.context().close();
    await back.stop();
  });

  it('shows a hostile name as the text that it is, everywhere', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const journey = await caller('UEVE', evil);
    const page = await sit('Kim', `#/calls?person=${journey}`);
    await page.getByRole('region', { name: evil, exact: true }).waitFor();
    await page
      .getByRole('button', { name: `Claim the call of ${evil}` })
      .first()
      .click();
    await page.getByText(`${evil} has been told`).waitFor();
    await page.evaluate("location.hash = '#/people'");
    await page.getByRole('link', { name: evil }).waitFor();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('img:not([src="/desk/assets/icon.svg"])').count()).toBe(0);
  });

  it('pages through more people than fit, state after state, and keeps the place', async () => {
    const many = (status: string, count: number, name: string) =>
      Array.from({ length: count }, (_, i) => ({ status, since: rig.now - i, name: `${name} ${i}` }));
    await seed(database.prisma, rig.flow, [...many('done', 60, 'Dee'), ...many('stuck', 70, 'Stu')]);
    const page = await sit('Kim');
    const rows = page.getByRole('listitem').filter({ has: page.locator('.time') });
    await expect.poll(() => rows.count()).toBe(50);
    await page.getByRole('heading', { name: 'Stuck 70' }).waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('heading', { name: 'Done 60' }).waitFor();
    await expect.poll(() => rows.count()).toBe(120);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => rows.count()).toBe(130);
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Done 60' }).click();
    await page.getByRole('heading', { name: 'Stuck 70' }).waitFor({ state: 'detached' });
    await page.getByLabel('Name').fill('Dee 59');
    await expect.poll(() => rows.count()).toBe(1);
  });

  it('leads from a step to the people who are stuck there', async () => {
    await caller('UANA', 'Ana Ruiz');
    const page = await sit('Kim', '#/steps');
    const row = page.getByRole('row', { name: /Check that you can open your e-mail/ });
    await row.getByRole('link', { name: /^1 stuck at/ }).click();
    await page.getByRole('link', { name: 'Ana Ruiz' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Step' }).inputValue()).toBe('mailbox');
    await page.getByRole('combobox', { name: 'Step' }).selectOption('usb-port');
    await page.getByText('Nobody fits').waitFor();
  });

  it('closes a known issue, and says what employees are shown now', async () => {
    const page = await sit('Kim', '#/issues');
    const issue = page.getByRole('listitem').filter({ hasText: 'Logging in to IdenTrust' });
    await issue.getByText('Employees are now shown').waitFor();
    await issue.getByText(/Click "I forgot my password"/).waitFor();
    await issue.getByRole('button', { name: /^Close: the fault is gone/ }).click();
    await issue.getByText(/^Closed by you/).waitFor();
    await issue.getByText(/Log in: nobody is there/).waitFor();
    expect(await focused(page)).toMatch(/^Open: the fault is back/);
    await page.keyboard.press('Enter');
    await issue.getByText(/^Opened by you/).waitFor();
  });
});
