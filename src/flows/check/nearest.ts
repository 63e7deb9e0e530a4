/** The candidate that was probably meant, as `; did you mean "x"?`, or nothing where none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = [...candidates]
    .map((candidate) => ({ candidate, far: distance(word, candidate) }))
    .filter(({ candidate, far }) => far <= (candidate.length < 4 ? 1 : Math.max(2, candidate.length / 3)))
    .sort((a, b) => a.far - b.far)[0];
  return near ? `; did you mean "${near.candidate}"?` : '';
}

/** Levenshtein: letters to change, add or leave out. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, x] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, y] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (x === y ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
