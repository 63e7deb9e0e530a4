import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface Window {
  page: Page;
  /** What the browser complained about: errors of scripts, and of the content security policy. */
  complaints: string[];
}

/** A window of its own (own storage), with one employee in it. */
export async function openWindow(
  browser: Browser,
  address: string,
  as: string,
  options: BrowserContextOptions = {},
): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (line) => {
    // A refused connection is what some tests are about; the page's banner tells of it.
    if (line.type() === 'error' && !/ERR_|status of 503/.test(line.text())) complaints.push(line.text());
  });
  await page.goto(`${address}/chat?as=${as}`);
  await page.getByText('Here for you').waitFor();
  return { page, complaints };
}
