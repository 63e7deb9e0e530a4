import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inChromium, launch } from '../../support/chromium.ts';
import { openWindow } from './support/browser.ts';
import { bundlePage, type Rig, startRig } from './support/rig.ts';
import { everything, step } from './support/sample.ts';

inChromium(() => {
  let rig: Rig;
  let browser: Browser;

  beforeAll(async () => {
    rig = await startRig({ page: await bundlePage() });
    browser = await launch();
    await rig.say('ana', { finished: 'Step 1 · Set your USB aside' });
    await rig.channel.keepOwnWords(crypto.randomUUID(), 'employee/ana', 'hello', new Date());
    await rig.channel.keepOwnWords(crypto.randomUUID(), 'employee/ana', null, new Date());
    for (const tone of ['info', 'warning', 'success', 'staff'] as const)
      await rig.say('ana', { ...everything, tone, title: `A message of tone ${tone}` });
    await rig.say('ana', everything);
  });
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  /** What axe finds wrong, as "rule: element". */
  async function faults(page: Page): Promise<string[]> {
    // What still fades in has another contrast.
    await page.evaluate('Promise.all(document.getAnimations().map((one) => one.finished)).then(() => {})');
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
  }

  describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
    it.each([1100, 360])('has nothing that axe finds wrong, at %i px', async (width) => {
      const { page } = await openWindow(browser, rig.address, 'ana', {
        colorScheme,
        viewport: { width, height: 760 },
      });
      await page.getByRole('heading', { name: 'Download the installer' }).waitFor();
      expect(await faults(page)).toEqual([]);
      await page.getByRole('button', { name: /Talk as somebody else/ }).click();
      await page.getByRole('dialog').waitFor();
      expect(await faults(page)).toEqual([]);
      await page.context().close();
    });

    it('tells the tones apart in words', async () => {
      const { page } = await openWindow(browser, rig.address, 'ana', { colorScheme });
      await page.getByRole('article', { name: 'tone warning' }).getByText('Please note').waitFor();
      await page.getByRole('article', { name: 'tone success' }).getByText('Good news').waitFor();
      await page.context().close();
    });
  });

  it.each([360, 320])('needs no sideways scrolling at %i px, with the longest words', async (width) => {
    const word = 'W'.repeat(120);
    await rig.say(
      'wide',
      step(3, word, {
        body: `\`${word}\` ${word}`,
        fields: [{ label: word, value: word }],
        finished: word,
        note: word,
      }),
    );
    const { page } = await openWindow(browser, rig.address, 'wide', { viewport: { width, height: 740 } });
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    const overflow = await page
      .locator('html, .log, .content')
      .evaluateAll((all) =>
        all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className || one.tagName),
      );
    expect(overflow).toEqual([]);
    await page.context().close();
  });

  it('can be used by keyboard alone, with a focus that is seen', async () => {
    await rig.say('keys', step(3, 'Download'));
    const { page } = await openWindow(browser, rig.address, 'keys');
    await page.getByRole('heading', { name: 'Download' }).waitFor();
    const stops: string[] = [];
    await page.locator('.skip').focus();
    for (let i = 0; i < 14; i++) {
      stops.push(
        await page.locator(':focus').evaluate((element) => {
          const name = element.getAttribute('aria-label') || element.id || element.textContent?.trim();
          const ring = element.ownerDocument.defaultView?.getComputedStyle(
            element.closest('.box') ?? element,
          );
          return `${name}${ring?.outlineStyle === 'none' ? ' (unseen)' : ''}`;
        }),
      );
      await page.keyboard.press('Tab');
    }
    expect(stops).toEqual([
      'Skip to the message box',
      'You are Keys. Talk as somebody else',
      'Conversation',
      'Done',
      'Back',
      "I'm stuck",
      'Pause',
      'status',
      'back',
      'stuck',
      'human',
      'help',
      'message',
      'Send',
    ]);
    await page.context().close();
  });

  it('moves nothing for people who asked for that', async () => {
    const { page } = await openWindow(browser, rig.address, 'ana', { reducedMotion: 'reduce' });
    await page.getByRole('heading', { name: 'Download the installer' }).waitFor();
    const moving = await page.evaluate<number>(
      "document.getAnimations().filter((one) => one.playState === 'running').length",
    );
    expect(moving).toBe(0);
    await page.context().close();
  });
});
