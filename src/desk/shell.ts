import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The bundled page: the text of its script and of its style sheet. */
export interface Page {
  script: string;
  style: string;
}

/**
 * Reads the bundled console.
 * @param dir where `scripts/build-pages.ts` put `desk.js` and `desk.css`
 */
export async function loadDeskPage(dir: string): Promise<Page> {
  const [script, style] = await Promise.all(
    ['desk.js', 'desk.css'].map((name) => readFile(join(dir, name), 'utf8')),
  );
  return { script: script ?? '', style: style ?? '' };
}

/** What the desk's pages have in common: where their parts are, and what they may do. */
export interface Shell {
  script: string;
  style: string;
  /** The Content-Security-Policy of every page: nothing inline, nothing from elsewhere. */
  policy: string;
}

export function createShell(page: Page): Shell {
  return {
    script: `/desk/assets/desk.js?v=${mark(page.script)}`,
    style: `/desk/assets/desk.css?v=${mark(page.style)}`,
    policy: [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

/** Names the exact content of an asset, so that a browser may keep it for ever. */
export function mark(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** @param body HTML; whatever came from outside in it must have gone through `escapeHtml`. */
export function htmlPage(shell: Shell, title: string, body: string, script: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/desk/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${shell.style}">${script ? `\n<script type="module" src="${shell.script}"></script>` : ''}
</head>
<body>
${body}
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
}

/** A bell upon a desk, in the accent colour of the theme. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0c6170"/>
<g fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"><path d="M7 21.500a9 9 0 0 1 18 0z"/><path d="M5.500 25h21M16 12.500V9.500M13.500 8.500h5"/></g>
</svg>`;
