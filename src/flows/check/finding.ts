import type { Path } from '../path.ts';

/** Something wrong at a place in the document; `index` where within the text at that path, counted in characters. */
export interface Finding {
  path: Path;
  index?: number;
  message: string;
}
