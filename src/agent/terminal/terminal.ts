import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What somebody answered: the line, or that no answer came in time or can come any more. */
export type Answer =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'silence' | 'closed' };

/** The person at the computer, line by line. */
export interface Terminal {
  /** The next line that is typed from now on: what was typed before the question is no answer to it. */
  ask(question: string, ms: number, signal?: AbortSignal): Promise<Answer>;
  /** Lines that answer no question. */
  onLine(act: (text: string) => void): void;
  close(): void;
}

/** One question at a time: a second one waits its turn. */
export function openTerminal(input: Readable, out: (text: string) => void): Terminal {
  const lines = createInterface({ input, terminal: false });
  let closed = false;
  let answer: ((given: Answer) => void) | null = null;
  let other: (text: string) => void = () => {};
  let turn: Promise<unknown> = Promise.resolve();
  lines.on('line', (text) => {
    if (answer === null) other(text.trim());
    else answer({ kind: 'line', text: text.trim() });
  });
  lines.on('close', () => {
    closed = true;
    answer?.({ kind: 'closed' });
  });
  input.on('error', () => lines.close());

  const askNow = (question: string, ms: number, signal?: AbortSignal): Promise<Answer> => {
    if (closed || signal?.aborted) return Promise.resolve({ kind: 'closed' });
    out(question);
    return new Promise((resolve) => {
      const settle = (given: Answer): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        answer = null;
        resolve(given);
      };
      const stop = (): void => settle({ kind: 'closed' });
      const timer = setTimeout(() => settle({ kind: 'silence' }), ms);
      signal?.addEventListener('abort', stop, { once: true });
      answer = settle;
    });
  };
  return {
    ask(question, ms, signal) {
      const mine = turn.then(() => askNow(question, ms, signal));
      turn = mine;
      return mine;
    },
    onLine(act) {
      other = act;
    },
    close() {
      lines.close();
      input.destroy();
    },
  };
}
