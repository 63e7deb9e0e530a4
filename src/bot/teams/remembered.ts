/**
 * A pure function of a text whose latest results are kept: the cards of one step are drawn again for everybody who comes
 * there. Past `most` results it begins anew, so that nothing from outside can make it grow. Texts too long to be a
 * step's are not kept.
 */
export function remembered<T>(make: (text: string) => T, most: number): (text: string) => T {
  const results = new Map<string, { value: T }>();
  return (text) => {
    if (text.length > longest) return make(text);
    const known = results.get(text);
    if (known) return known.value;
    if (results.size >= most) results.clear();
    const value = make(text);
    results.set(text, { value });
    return value;
  };
}

const longest = 4_000;
