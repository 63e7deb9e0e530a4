import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draw } from '../../scripts/draw-pictures.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const folder = new URL('../../src/flows/eca-download/pictures/', import.meta.url);
const names = readdirSync(folder).flatMap((file) =>
  file.endsWith('.svg') ? [file.replace('.svg', '')] : [],
);

describe('the pictures', () => {
  it.each(names)('%s.png is drawn from its source', (name) => {
    const drawn = draw(readFileSync(new URL(`${name}.svg`, folder), 'utf8'));
    expect(drawn.equals(readFileSync(new URL(`${name}.png`, folder)))).toBe(true);
  });

  it('are all used by the flow, and all there', () => {
    const flow = builtInFlow();
    const shown = [...flow.steps, ...flow.problemById.values()].flatMap((part) =>
      part.picture ? [part.picture.file] : [],
    );
    expect([...new Set(shown)].sort()).toEqual(names.map((name) => `${name}.png`).sort());
  });
});
