/** Three different numbers of two digits: the one that the computer shows, and the three to choose from, shuffled. */
export function makeNumbers(random: (below: number) => number): { number: string; choices: string[] } {
  const left = Array.from({ length: 90 }, (_, i) => String(10 + i));
  const choices = [0, 1, 2].map(() => left.splice(random(left.length), 1)[0] ?? '');
  return { number: choices[random(3)] ?? '', choices };
}
