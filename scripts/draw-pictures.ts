/**
 * Draws the PNGs of the flows' pictures from their SVG sources: `node scripts/draw-pictures.ts`.
 * The only font is DejaVu Sans from npm (dejavu-fonts-ttf), so that every machine draws the same.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

export const pictures = fileURLToPath(new URL('../src/flows/eca-download/pictures/', import.meta.url));

const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) =>
  resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

/** The drawing at its own size: 720 pixels wide, twice that of the narrowest phone. */
export function draw(svg: string): Buffer {
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { font }).render().asPng();
}

/** The names of all drawings, without their ending. */
export function drawings(): string[] {
  return readdirSync(pictures)
    .filter((file) => file.endsWith('.svg'))
    .map((file) => file.slice(0, -4));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const name of drawings())
    writeFileSync(join(pictures, `${name}.png`), draw(readFileSync(join(pictures, `${name}.svg`), 'utf8')));
