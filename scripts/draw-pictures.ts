import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

/**
 * The flow's pictures: PNG made from the SVG beside it. Their letters are DejaVu Sans out of a package, so that every
 * machine draws the same.
 */
const letters = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
);
const folder = new URL('../src/flows/eca-download/pictures/', import.meta.url);

/** Drawn at twice the size, for sharp screens. */
export function draw(svg: string): Buffer {
  const picture = new Resvg(svg, {
    fitTo: { mode: 'width', value: 1440 },
    font: { fontFiles: letters, loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  });
  return picture.render().asPng();
}

if (import.meta.main) {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.svg')))
    writeFileSync(
      new URL(name.replace('.svg', '.png'), folder),
      draw(readFileSync(new URL(name, folder), 'utf8')),
    );
}
