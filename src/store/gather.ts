export interface Gathering<Q, A extends object | boolean | null> {
  /** Answers all of them, in their order; where it throws, none of them has been answered. */
  askAll(questions: readonly Q[]): Promise<readonly A[]>;
  /** Two questions that share a key are not asked together: the later one waits for the next time. */
  apart?(question: Q): readonly string[];
  /** Whether what was thrown is the fault of one of them, so that each is asked again by itself. */
  oneAtFault?(error: unknown): boolean;
}

/** As many are asked for together; a statement over more of them gains nothing. */
const most = 32;

interface Waiting<Q, A> {
  question: Q;
  resolve(answer: A): void;
  reject(error: unknown): void;
}

/**
 * Gathers what comes in one turn of the event loop, or while the ones before are under way, and asks for all of it in one
 * statement, so that a round trip, a start of the statement and a flush to disk are shared. In such a statement
 * `WHERE jsonb_typeof(…) = 'object'` tells the planner that few are given (it thinks of a hundred otherwise), so that it
 * looks each of them up by its key.
 */
export function gather<Q, A extends object | boolean | null>({
  askAll,
  apart,
  oneAtFault,
}: Gathering<Q, A>): (question: Q) => Promise<A> {
  let waiting: Waiting<Q, A>[] = [];
  let busy = false;

  function next(): void {
    if (busy || waiting.length === 0) return;
    busy = true;
    void serve(takeTogether()).then(() => {
      busy = false;
      next();
    });
  }

  function takeTogether(): Waiting<Q, A>[] {
    const taken: Waiting<Q, A>[] = [];
    const left: Waiting<Q, A>[] = [];
    const keys = new Set<string>();
    for (const one of waiting) {
      const own = apart?.(one.question) ?? [];
      const fits = taken.length < most && !own.some((key) => keys.has(key));
      for (const key of own) keys.add(key);
      (fits ? taken : left).push(one);
    }
    waiting = left;
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

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      if (waiting.length === 1) setImmediate(next);
    });
}
