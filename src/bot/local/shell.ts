import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The bundled page: the text of its script and of its style sheet. */
export interface Page {
  script: string;
  style: string;
}

/**
 * Reads the bundled chat page.
 * @param dir where `scripts/build-pages.ts` put `chat.js` and `chat.css`
 */
export async function loadPage(dir: string): Promise<Page> {
  const [script, style] = await Promise.all(
    ['chat.js', 'chat.css'].map((name) => readFile(join(dir, name), 'utf8')),
  );
  return { script: script ?? '', style: style ?? '' };
}

/** Everything the page loads comes from this server, and nothing in it runs or styles inline. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A key with a USB-A plug, in the accent colour of the theme. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0c6170"/>
<g fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round"><rect x="10.5" y="12" width="11" height="14" rx="2.5"/><path d="M12.5 12V6h7v6"/></g>
<path d="m13.2 19 2.2 2.2 3.6-4" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>
</svg>`;

/** Names the exact content of an asset, so that a browser may keep it for ever. */
export function mark(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

export function shell(page: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<title>ecadesk</title>
<link rel="icon" href="/chat/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/chat/assets/chat.css?v=${mark(page.style)}">
<script type="module" src="/chat/assets/chat.js?v=${mark(page.script)}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This chat needs JavaScript. Please switch it on for this address and load the page again.</noscript>
</body>
</html>
`;
}
