import { mkdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { inChromium, launch } from '../support/chromium.ts';

const flow = builtInFlow();

inChromium(() => {
  let app: TestApp;
  let browser: Browser;
  let chat: Page;

  beforeAll(async () => {
    app = await startTestApp();
    browser = await launch();
    chat = await browser.newPage({ viewport: { width: 900, height: 1000 } });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.end();
  });

  /** The card's title, once it is another one. */
  async function title(not = ''): Promise<string> {
    const heading = chat.getByRole('heading', { level: 2 }).last();
    await expect.poll(() => heading.textContent(), { timeout: 10_000 }).not.toBe(not);
    return (await heading.textContent()) ?? '';
  }

  async function onward(current: string): Promise<string> {
    const step = flow.steps.find((s) => s.title === current);
    const answer = step?.answers.find((a) => !a.problem && !a.wait);
    const label = step?.ask ? step.ask.unknown : (answer?.label ?? step?.done ?? 'Start');
    await chat.getByRole('button', { name: label, exact: true }).last().click();
    return title(current);
  }

  it('walks the whole flow, takes a wrong turn, is stuck once, and the desk sees it', async () => {
    await chat.goto(`${app.address}/chat?as=ana`);
    let current = await title();
    const seen = new Set<string>();
    let turned = false;
    for (let i = 0; i < 60 && current !== flow.end.title; i++) {
      const step = flow.steps.find((s) => s.title === current);
      const wrong = step?.problems.find((p) => /account number/i.test(p.symptom));
      if (wrong && !turned) {
        turned = true;
        await chat.getByRole('button', { name: "I'm stuck", exact: true }).last().click();
        await chat.getByRole('button', { name: wrong.symptom, exact: true }).last().click();
        await chat.getByRole('button', { name: 'No, still stuck', exact: true }).last().click();
        await chat.getByText('I told the help desk').last().waitFor();
        await lookAtTheDesk(current, wrong.escalate);
      }
      seen.add(current);
      current = await onward(current);
    }
    expect(current).toBe(flow.end.title);
    expect(turned).toBe(true);
    expect(seen.size).toBeGreaterThan(20);
  }, 120_000);

  async function lookAtTheDesk(step: string, reason: string): Promise<void> {
    const desk = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    await desk.goto(`${app.address}${await app.issueSignIn({ id: 'desk:test', name: 'Kim' })}`);
    await desk.getByRole('button', { name: 'Sign in as Kim' }).click();
    const stuck = desk
      .getByRole('region', { name: /^Stuck/ })
      .getByRole('listitem')
      .filter({ hasText: 'Ana' });
    await stuck.getByText(step).waitFor();
    await stuck.getByText(flow.reasons[reason] ?? reason).waitFor();
    await desk.getByRole('link', { name: 'Ana' }).click();
    await desk.getByRole('region', { name: 'Ana', exact: true }).getByText('Still stuck').waitFor();
    if (process.env.SCREENSHOTS) {
      await mkdir('docs/images', { recursive: true });
      await chat.screenshot({ path: 'docs/images/chat.png' });
      await desk.screenshot({ path: 'docs/images/desk.png' });
    }
    await desk.getByRole('button', { name: 'Claim the call of Ana' }).click();
    await chat.getByText('Kim from the help desk is looking into it.').last().waitFor();
    await desk.close();
  }
});
