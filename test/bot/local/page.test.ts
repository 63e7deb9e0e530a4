import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { inChromium, launch } from '../../support/chromium.ts';
import { openWindow, type Window } from './support/browser.ts';
import { bundlePage, type Rig, startRig } from './support/rig.ts';
import { button, everything, step } from './support/sample.ts';

inChromium(() => {
  let rig: Rig;
  let browser: Browser;
  const windows: Window[] = [];

  beforeAll(async () => {
    rig = await startRig({ page: await bundlePage() });
    browser = await launch();
  });
  afterEach(async () => {
    rig.script = () => {};
    for (const { page, complaints } of windows.splice(0)) {
      await page.context().close();
      expect(complaints).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser.close();
    await rig.close();
  });

  async function open(as: string, options: Parameters<typeof openWindow>[3] = {}) {
    const window = await openWindow(browser, rig.address, as, options);
    windows.push(window);
    return window.page;
  }

  const focusedText = (page: Window['page']) =>
    page.evaluate<string>('document.activeElement?.textContent ?? ""');

  it('shows every field of a message', async () => {
    await rig.say('all', everything);
    const page = await open('all');
    const card = page.getByRole('article', { name: 'Download the installer' });
    await card.waitFor();
    await card.getByText('Step 2 · Sit down at a Windows computer').waitFor();
    await card.getByText('Step 3 of 18 · about 4 min').waitFor();
    expect(await card.locator('.segments .past').count()).toBe(2);
    expect(await card.locator('.segments span').count()).toBe(18);
    const link = card.getByRole('link', { name: /releases page/ });
    expect(await link.getAttribute('href')).toBe('https://github.com/OpenSC/OpenSC/releases');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await card.locator('code').textContent()).toBe('OpenSC.msi');
    expect(await card.locator('ol > li').allTextContents()).toEqual([
      'Scroll to Assets.',
      'Click the right file.',
    ]);
    expect(await card.locator('dt').allTextContents()).toEqual(['Version', 'File']);
    await card
      .getByRole('group', { name: 'What do you see?' })
      .getByRole('button', { name: 'An error' })
      .waitFor();
    expect(await card.getByLabel('Date of the signature').getAttribute('max')).toBe('2026-03-02');
    const actions = card.getByRole('group', { name: /What to do/ }).getByRole('button');
    expect(await actions.allTextContents()).toEqual(['Done', 'Back', "I'm stuck", 'Pause']);
    await card.getByText("From your company's guide").waitFor();
  });

  it('enlarges a picture, closes it on Escape, and gives the focus back', async () => {
    await rig.say('pia', everything);
    const page = await open('pia');
    const picture = page.getByRole('button', { name: /Two fields/ });
    await picture.focus();
    await page.keyboard.press('Enter');
    const large = page.getByRole('dialog').getByRole('img', { name: /Two fields/ });
    await large.waitFor();
    expect(await large.evaluate((img) => Reflect.get(img, 'naturalWidth'))).toBe(960);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'detached' });
    expect(await focusedText(page)).toContain('Enlarge');
  });

  it('tells what a picture shows where it cannot be loaded', async () => {
    await rig.say('pim', step(1, 'Look', { picture: { file: 'gone.png', alt: 'A USB-A plug' } }));
    const page = await open('pim');
    await page.getByText('Picture: A USB-A plug').waitFor();
    // That the browser notes the 404 is right.
    windows[0]?.complaints.splice(0);
  });

  it('presses once however often it is clicked, rests meanwhile, and shows the edit in the same place', async () => {
    const id = await rig.say('eve', step(3, 'Download'));
    await rig.say('eve', { body: 'A later message.' });
    const page = await open('eve');
    let go: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    rig.script = async (incoming) => {
      if (incoming.said.kind !== 'press') return;
      await held;
      await rig.edit('eve', id, step(4, 'Install', { finished: 'Step 3 · Download' }));
    };
    const done = page.getByRole('button', { name: 'Done' });
    await done.dblclick();
    await expect.poll(() => done.getAttribute('aria-disabled')).toBe('true');
    expect(await done.getAttribute('aria-busy')).toBe('true');
    expect(
      await page.getByRole('button', { name: 'Back', exact: true }).first().getAttribute('aria-disabled'),
    ).toBe('true');
    go();
    await page.getByRole('heading', { name: 'Install' }).waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Install']);
    const order = await page
      .locator('.log .item')
      .evaluateAll((items) => items.map((item) => item.getAttribute('data-id')));
    expect(order[0]).toBe(id);
    const presses = rig.received.filter(({ from, said }) => from.id === 'eve' && said.kind === 'press');
    expect(presses.map(({ said }) => said)).toEqual([{ kind: 'press', action: button('done', '').action }]);
  });

  it('moves the focus to the new card’s heading, not to the next Done', async () => {
    const id = await rig.say('fay', step(3, 'Download'));
    const page = await open('fay');
    rig.script = ({ said }) => (said.kind === 'press' ? rig.edit('fay', id, step(4, 'Install')) : undefined);
    await page.getByRole('button', { name: 'Done' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focusedText(page)).toBe('Install');
    // A second Enter, pressed too soon, does nothing.
    await page.keyboard.press('Enter');
    expect(rig.received.filter(({ from, said }) => from.id === 'fay' && said.kind === 'press')).toHaveLength(
      1,
    );
    // From the heading the card's own buttons are next.
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('Done');
  });

  it('takes the focus along when the card is posted anew below', async () => {
    const id = await rig.say('flo', step(3, 'Download'));
    await rig.say('flo', { body: 'Something in between.' });
    const page = await open('flo');
    rig.script = async ({ said }) => {
      if (said.kind !== 'press') return;
      await rig.edit('flo', id, { finished: 'Step 3 · Download' });
      await rig.say('flo', step(4, 'Install'));
    };
    await page.getByRole('button', { name: 'Done' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focusedText(page)).toBe('Install');
  });

  it('leaves the focus in the typing box when a card changes', async () => {
    const id = await rig.say('fin', step(3, 'Download'));
    const page = await open('fin');
    await page.getByLabel('Message to ecadesk').fill('half a sen');
    await rig.edit('fin', id, step(4, 'Install'));
    await page.getByRole('heading', { name: 'Install' }).waitFor();
    await page.keyboard.type('tence');
    expect(await page.getByLabel('Message to ecadesk').inputValue()).toBe('half a sentence');
  });

  it('asks before a press that wants it', async () => {
    const confirm = {
      title: 'Start again?',
      text: 'Your answers are forgotten.',
      yes: 'Start again',
      no: 'Keep them',
    };
    await rig.say(
      'gus',
      step(3, 'Download', { buttons: [{ ...button('start-again', 'Reset', 'danger'), confirm }] }),
    );
    const page = await open('gus');
    const presses = () =>
      rig.received.filter(({ from, said }) => from.id === 'gus' && said.kind === 'press').length;
    await page.getByRole('button', { name: 'Reset' }).click();
    await page
      .getByRole('dialog', { name: 'Start again?' })
      .getByRole('button', { name: 'Keep them' })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(presses()).toBe(0);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('dialog').getByText('Your answers are forgotten.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Start again' }).click();
    await expect.poll(presses).toBe(1);
  });

  it('sends a date or a text with its action, and says what is missing first', async () => {
    await rig.say('hal', everything);
    const input = {
      kind: 'text' as const,
      label: 'What happened?',
      submit: 'Send it',
      action: button('describe', 'x').action,
    };
    await rig.say('hal', { title: 'Tell me', input });
    const page = await open('hal');
    const values = () =>
      rig.received.flatMap(({ from, said }) =>
        from.id === 'hal' && said.kind === 'press' ? [[said.action.verb, said.value]] : [],
      );
    await page.getByRole('button', { name: 'Use this date' }).click();
    await page.getByText('Choose a date first.').waitFor();
    await page.getByLabel('Date of the signature').fill('2026-03-09');
    await page.getByRole('button', { name: 'Use this date' }).click();
    await page.getByText(/Choose a date no later than/).waitFor();
    expect(values()).toEqual([]);
    await page.getByLabel('Date of the signature').fill('2026-02-20');
    await page.getByLabel('Date of the signature').press('Enter');
    await page.getByLabel('What happened?').fill('  It said no. ');
    await page.getByRole('button', { name: 'Send it' }).click();
    await expect.poll(values).toEqual([
      ['signed-on', '2026-02-20'],
      ['describe', 'It said no.'],
    ]);
  });

  it('echoes what is typed at once, with the zone and locale of the browser, and starts a line on Shift + Enter', async () => {
    const page = await open('ida', { timezoneId: 'Asia/Tokyo', locale: 'ja-JP' });
    const box = page.getByLabel('Message to ecadesk');
    await box.pressSequentially('one');
    await box.press('Shift+Enter');
    await box.pressSequentially('two');
    let go: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    rig.script = () => held;
    await box.press('Enter');
    const own = page.getByRole('article', { name: 'You' });
    await own.getByText('Sending…').waitFor();
    expect(await own.locator('.own-text').textContent()).toBe('one\ntwo');
    expect(await box.inputValue()).toBe('');
    go();
    await own.getByText('Sending…').waitFor({ state: 'detached' });
    const last = rig.received.at(-1);
    expect(last?.said).toEqual({ kind: 'text', text: 'one\ntwo', files: 0 });
    expect(last?.profile).toEqual({ name: 'Ida', zone: 'Asia/Tokyo', locale: 'ja-JP' });
  });

  it('takes a withheld text off the page at once', async () => {
    const page = await open('jan');
    rig.script = async ({ id, conversation, at, said }) => {
      if (said.kind === 'text') await rig.channel.keepOwnWords(id, conversation.key, null, at);
    };
    await page.getByLabel('Message to ecadesk').fill('my PIN is 123456');
    await page.keyboard.press('Enter');
    await page
      .getByRole('article', { name: 'You' })
      .getByText('(removed: it may have been a secret)')
      .waitFor();
    expect(await page.content()).not.toContain('123456');
    await page.reload();
    await page.getByText('(removed: it may have been a secret)').first().waitFor();
    expect(await page.getByRole('article', { name: 'You' }).count()).toBe(1);
  });

  it('keeps what could not be saved, says to press again, and sends the same event then', async () => {
    await rig.say('kim', step(3, 'Download'));
    const page = await open('kim');
    const tried: string[] = [];
    rig.script = ({ id }) => {
      tried.push(id);
      if (tried.length % 2 === 1) throw new Error('no database');
    };
    await page.getByLabel('Message to ecadesk').fill('where is the e-mail?');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Could not save that, please press again.').waitFor();
    await page.getByText('where is the e-mail?').waitFor();
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('alert').getByText('Could not save that, please press again.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => tried.length).toBe(4);
    expect(tried[1]).toBe(tried[0]);
    expect(tried[3]).toBe(tried[2]);
    expect(tried[2]).not.toBe(tried[0]);
  });

  it('folds a paste of 100 kB and sends it whole', async () => {
    const page = await open('lou');
    const text = 'line of a log\n'.repeat(7_500).trim();
    const box = page.getByLabel('Message to ecadesk');
    // Copied in the page: the test library's own `fill` types each line, for minutes.
    await page.evaluate(`{
      const other = document.createElement('textarea');
      other.value = ${JSON.stringify(text)};
      document.body.append(other);
      other.select();
      document.execCommand('copy');
      other.remove();
    }`);
    await box.focus();
    await box.press('Control+V');
    expect((await box.boundingBox())?.height).toBeLessThan(200);
    await page.keyboard.press('Enter');
    const own = page.getByRole('article', { name: 'You' });
    await own.getByRole('button', { name: /Show all 10\d,\d+ characters/ }).waitFor();
    expect((await own.boundingBox())?.height).toBeLessThan(1_500);
    await expect.poll(() => rig.received.at(-1)?.said).toEqual({ kind: 'text', text, files: 0 });
  });

  it('plays two people in two windows, who see nothing of each other', async () => {
    rig.script = async ({ from, said, conversation, id, at }) => {
      if (said.kind !== 'text') return;
      await rig.channel.keepOwnWords(id, conversation.key, said.text, at);
      await rig.say(from.id, { body: `Hello ${from.id}: ${said.text}` });
    };
    const [max, moe] = [await open('max'), await open('moe')];
    await max.getByLabel('Message to ecadesk').fill('I am Max');
    await max.keyboard.press('Enter');
    await moe.getByLabel('Message to ecadesk').fill('I am Moe');
    await moe.keyboard.press('Enter');
    await max.getByText('Hello max: I am Max').waitFor();
    await moe.getByText('Hello moe: I am Moe').waitFor();
    expect(await max.getByText('Moe').count()).toBe(0);
    expect(await moe.getByText('Max').count()).toBe(0);
  });

  it('gives somebody without a name one, keeps it in the address, and lets them choose another', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${rig.address}/`);
    await page.waitForURL(/\/chat\?as=[a-z-]+$/);
    const given = new URL(page.url()).searchParams.get('as') ?? '';
    await page.getByRole('button', { name: /Talk as somebody else/ }).click();
    await page.getByLabel('Somebody else').fill('Zoë Müller');
    await page.getByRole('button', { name: 'Talk here' }).click();
    await page.waitForURL(/as=zoe-muller$/);
    await page.getByRole('button', { name: /You are Zoe Muller/ }).click();
    const list = page.getByRole('list', { name: 'People you have played' });
    expect(await list.getByRole('link').first().getAttribute('href')).toBe(`/chat?as=${given}`);
    await context.close();
  });

  it('lets the bot begin, once', async () => {
    rig.script = ({ said, from }) =>
      said.kind === 'opened' ? rig.say(from.id, step(1, 'Welcome')).then(() => {}) : undefined;
    const page = await open('nat');
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    expect(rig.received.filter(({ from, said }) => from.id === 'nat' && said.kind === 'opened')).toHaveLength(
      1,
    );
  });

  it('comes back after the server was restarted: nothing lost, nothing doubled', async () => {
    const id = await rig.say('oda', step(3, 'Download'));
    const page = await open('oda');
    await page.getByRole('heading', { name: 'Download' }).waitFor();
    await rig.restart(async () => {
      await page.getByText('Connection lost').waitFor();
      await rig.edit('oda', id, { finished: 'Step 3 · Download' });
      await rig.say('oda', step(4, 'Install'));
    });
    await page.getByText('Connected again.').waitFor();
    await rig.say('oda', { body: 'And one more.' });
    await page.getByText('And one more.', { exact: true }).first().waitFor();
    const articles = () => page.getByRole('article').evaluateAll((all) => all.map((one) => one.textContent));
    const live = await articles();
    expect(live.map((text) => text.slice(0, 12))).toEqual(['Earlier: Ste', 'Step 4 of 18', 'And one more']);
    await page.getByText('Connected again.').waitFor({ state: 'detached' });
    await page.reload();
    await expect.poll(articles).toEqual(live);
  });

  it('shows marks and scripts in any field as the text that they are', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const link = '[press](javascript:window.hacked=1) [x](data:text/html,hi) <b>bold</b>';
    await rig.say('pat', {
      ...step(3, evil),
      summary: evil,
      finished: evil,
      progress: { step: 3, of: 18, text: evil },
      body: `${evil}\n\n${link}`,
      picture: { file: `"><script>window.hacked=1</script>`, alt: evil },
      fields: [{ label: evil, value: evil }],
      choices: {
        prompt: evil,
        options: [
          {
            ...button('answer', '<b onclick=1>choice</b>'),
            confirm: { title: evil, text: evil, yes: evil, no: 'no' },
          },
        ],
      },
      input: {
        kind: 'text',
        label: evil,
        placeholder: evil,
        submit: '<i>go</i>',
        action: button('x', 'x').action,
      },
      buttons: [button('done', '<u>Done</u>', 'primary')],
      note: evil,
    });
    await rig.channel.keepOwnWords(crypto.randomUUID(), 'employee/pat', evil, new Date());
    const page = await open('pat');
    await page.getByRole('button', { name: '<b onclick=1>choice</b>' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'no' }).click();
    expect(await page.evaluate<boolean>('"hacked" in window')).toBe(false);
    expect(await page.locator('.log').locator('script, img[src="x"], b, i, u, a').count()).toBe(0);
    expect(await page.getByText('<script>window.hacked=1</script>').count()).toBeGreaterThan(8);
    windows[0]?.complaints.splice(0);
  });

  it('reads new and changed messages out in one sentence, and old ones not again', async () => {
    const id = await rig.say('ray', step(3, 'Download'));
    const page = await open('ray');
    await page.getByRole('heading', { name: 'Download' }).waitFor();
    const read = page.locator('[aria-live=polite]:not([role])').locator('p');
    expect(await read.count()).toBe(0);
    await rig.edit('ray', id, step(4, 'Install'));
    await expect.poll(() => read.allTextContents()).toEqual(['Step 4 of 18 · about 4 min: Install']);
  });

  it('leaves a reader who has scrolled back where they are, and shows a tall card from its top', async () => {
    for (let i = 1; i <= 12; i++) await rig.say('sue', { body: `Message ${i}.\n\n`.repeat(3) });
    const page = await open('sue', { viewport: { width: 800, height: 600 } });
    await page.getByText('Message 12.').first().waitFor();
    const scroll = () => page.locator('.log').evaluate((log) => Math.round(log.scrollTop));
    await page.locator('.log').hover();
    await page.mouse.wheel(0, -500);
    await page.getByRole('button', { name: 'Go to the newest message' }).waitFor();
    const before = await scroll();
    const tall = step(3, 'A tall card', { body: 'A line of it.\n\n'.repeat(40) });
    await rig.say('sue', tall);
    await page.getByRole('heading', { name: 'A tall card' }).waitFor();
    expect(await scroll()).toBe(before);
    await page.getByRole('button', { name: 'Go to the newest message' }).click();
    await rig.say('sue', { ...tall, title: 'A second one' });
    const heading = page.getByRole('heading', { name: 'A second one' });
    await heading.waitFor();
    await expect.poll(async () => (await heading.boundingBox())?.y ?? -1).toBeGreaterThan(60);
    expect((await heading.boundingBox())?.y).toBeLessThan(300);
  });
});
