import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ChildAnswer, type ChildRequest } from './messages.ts';

/** Starts the child process (`child.ts`). Injected, because a single executable starts itself another way. */
export type SpawnChild = () => ChildProcessWithoutNullStreams;

/** Starts `child.ts` with the Node that runs this, in environment `env`. */
export function spawnFromSource(env: NodeJS.ProcessEnv = process.env): SpawnChild {
  const file = fileURLToPath(new URL('./child.ts', import.meta.url));
  return () => spawn(process.execPath, [file], { env, stdio: 'pipe', windowsHide: true });
}

/** How a child ended. `done`: by itself with code 0. `crashed`: any other way that was not ours. */
export type ChildEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'crashed'; readonly detail: string };

export interface RunningChild {
  /** Never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** Ends it now, as `done`. */
  stop(): void;
}

const MAX_OUTPUT = 8 * 1024 * 1024;

/**
 * Asks a child and hands over its answers as they come. It is killed (SIGKILL) when nothing was heard for
 * `deadlineMs`: then `ended` is `timed-out`.
 */
export function runChild(
  spawnChild: SpawnChild,
  request: ChildRequest,
  onAnswer: (answer: ChildAnswer) => void,
): RunningChild {
  const child = spawnChild();
  const mark = randomUUID();
  let why: ChildEnd | null = null;
  const kill = (end: ChildEnd): void => {
    why ??= end;
    child.kill('SIGKILL');
  };
  const deadline = setTimeout(() => kill({ kind: 'timed-out' }), request.deadlineMs);
  const heard = markedLines(mark, (text) => {
    const answer = parse(text);
    if (answer === null) return kill({ kind: 'crashed', detail: 'its answer makes no sense' });
    if (request.kind === 'watch') deadline.refresh();
    if (why === null) onAnswer(answer);
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (!heard(chunk)) kill({ kind: 'crashed', detail: 'it said far too much' });
  });
  // What modules print there is of no use here, but a full pipe would stop them.
  child.stderr.resume();
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify({ mark, request })}\n`);

  const ended = new Promise<ChildEnd>((resolve) => {
    const finish = (end: ChildEnd): void => {
      clearTimeout(deadline);
      resolve(why ?? end);
    };
    child.once('error', (error) => finish({ kind: 'crashed', detail: error.message }));
    child.once('close', (code, signal) => {
      finish(
        code === 0
          ? { kind: 'done' }
          : { kind: 'crashed', detail: `it ended with ${signal ?? `code ${code}`}` },
      );
    });
  });
  return { ended, stop: () => kill({ kind: 'done' }) };
}

/** Cuts what comes into lines and passes on those that bear the mark; false once there was far too much. */
function markedLines(mark: string, onLine: (text: string) => void): (chunk: string) => boolean {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith(mark)) onLine(line.slice(mark.length));
    return rest.length <= MAX_OUTPUT;
  };
}

function parse(text: string): ChildAnswer | null {
  try {
    return ChildAnswer.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
