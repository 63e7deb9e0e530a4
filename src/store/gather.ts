export interface Gathering<Q, A extends object | boolean | null> {
  /** Answers all of them, in their order; where it throws, none of them has been answered. */
  askAll(questions: readonly Q[]): Promise<readonly A[]>;
  /** Two questions that share a key are not under way together: the later one waits for the earlier one's answer. */
  apart?(question: Q): readonly string[];
  /** Milliseconds that a question may wait for others, where nobody waits for the answer; 0 by default: for one turn. */
  linger?: number;
  /** Whether what was thrown is the fault of one of them, so that each is asked again by itself. */
  oneAtFault?(error: unknown): boolean;
}

/** As many are asked for together; a statement over more of them gains nothing. */
const most = 32;

/**
 * So many statements are under way at a time: with one only, everybody who speaks waits in the same place at the same
 * time, and this process and the database wait for each other in turn. Three gain nothing more.
 */
export const underWay = 2;

/**
 * A second one sets out for so many; fewer share the cost of a statement better with those who come meanwhile. (With
 * 64 who press at once a twentieth faster than for six; with 24 there is no difference that shows.)
 */
const enough = most / 2;

interface Waiting<Q, A> {
  question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * Gathers what comes in one turn of the event loop, or while the ones before are under way, and asks for all of it in
 * one statement, so that a round trip, a start of the statement and a flush to disk are shared. In such a statement
 * `WHERE jsonb_typeof(…) = 'object'` tells the planner that few are given (it thinks of a hundred otherwise), so that it
 * looks each of them up by its key.
 */
export function gather<Q, A extends object | boolean | null>({
  askAll,
  apart,
  linger = 0,
  oneAtFault,
}: Gathering<Q, A>): (question: Q) => Promise<A> {
  let waiting: Waiting<Q, A>[] = [];
  let busy = 0;
  let called = false;
  const busyKeys = new Set<string>();

  function next(): void {
    if (busy >= underWay || (busy > 0 && waiting.length < enough)) return;
    const together = takeTogether();
    if (together.length === 0) return;
    busy += 1;
    void serve(together).then(() => {
      busy -= 1;
      for (const key of together.flatMap(keysOf)) busyKeys.delete(key);
      next();
    });
    next();
  }

  const keysOf = ({ question }: Waiting<Q, A>) => apart?.(question) ?? [];

  function takeTogether(): Waiting<Q, A>[] {
    const taken: Waiting<Q, A>[] = [];
    const left: Waiting<Q, A>[] = [];
    const keys = new Set(busyKeys);
    for (const one of waiting) {
      const own = keysOf(one);
      const fits = taken.length < most && !own.some((key) => keys.has(key));
      for (const key of own) keys.add(key);
      (fits ? taken : left).push(one);
    }
    waiting = left;
    for (const key of taken.flatMap(keysOf)) busyKeys.add(key);
    return taken;
  }

  async function serve(together: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await askAll(together.map(({ question }) => question));
      for (const [n, one] of together.entries()) {
        const answer = answers[n];
        if (answer === undefined) one.reject(new Error(`${answers.length} answers to ${together.length}`));
        else one.resolve(answer);
      }
    } catch (error) {
      if (together.length > 1 && oneAtFault?.(error)) for (const one of together) await serve([one]);
      else for (const one of together) one.reject(error);
    }
  }

  const setOut = () => {
    called = false;
    next();
  };

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (called) return;
      called = true;
      if (linger > 0) setTimeout(setOut, linger);
      else setImmediate(setOut);
    });
}
