interface Page<T> {
  asOf: string;
  items: T[];
  next: string | null;
}

export interface Gathered<T> {
  asOf: string;
  items: T[];
  /** There are more than were asked for. */
  more: boolean;
}

type Stage<T> = (cursor: string | undefined) => Promise<Page<T>>;

/**
 * Page after page, stage after stage (the stuck, then the waiting, …), until enough are there. Whoever moves from one
 * stage to another meanwhile is kept once.
 * @param want how many, at least, unless there are fewer
 */
export async function gather<T extends { id: string }>(
  stages: readonly Stage<T>[],
  want: number,
): Promise<Gathered<T>> {
  const found = new Map<string, T>();
  let asOf = '';
  for (const stage of stages) {
    let cursor: string | undefined;
    do {
      if (cursor !== undefined && found.size >= want) return { asOf, items: [...found.values()], more: true };
      const page = await stage(cursor);
      asOf = page.asOf;
      for (const item of page.items) if (!found.has(item.id)) found.set(item.id, item);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
  return { asOf, items: [...found.values()], more: false };
}
