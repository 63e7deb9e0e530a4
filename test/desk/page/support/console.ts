import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Page as DeskPage } from '../../../../src/desk/shell.ts';
import type { Rig } from '../../support/rig.ts';

/** The console, bundled anew from its source. */
export async function bundleDesk(): Promise<DeskPage> {
  const entry = fileURLToPath(new URL('../../../../src/desk/page/main.tsx', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: 'memory',
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}

export interface Seat {
  page: Page;
  /** What the browser complained about: errors of scripts, and of the content security policy. */
  complaints: string[];
}

/** A browser of its own, in which this member of staff is signed in, by the one-time address and its button. */
export async function sitDown(
  browser: Browser,
  rig: Rig,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Seat> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    // Refusals and lost connections are what some tests are about; the page tells of them.
    if (line.type() === 'error' && !/ERR_|status of (401|404|409|503)/.test(line.text()))
      complaints.push(line.text());
  });
  await page.goto(`${rig.address}${await rig.desk.issueSignIn({ id: `slack:T1:${name}`, name })}`);
  await page.getByRole('button', { name: `Sign in as ${name}` }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  return { page, complaints };
}

/** What axe finds wrong, as "rule: element". */
export async function faults(page: Page): Promise<string[]> {
  // What still fades in has another contrast. One that is cut short ends "finished" with a refusal, and is over too.
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => {})',
  );
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

/** What is wider than its place, as "tag.class". */
export function tooWide(page: Page): Promise<string[]> {
  return page
    .locator('html, body, .list, .panel, .person, .card, .funnel tbody tr')
    .evaluateAll((all) =>
      all
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => `${one.tagName.toLowerCase()}.${one.className}`),
    );
}
