import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type News, news, type Order } from './orders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A server under measurement. */
export interface Measured {
  readonly address: string;
  /** Bytes: the JavaScript heap with what hangs on it, and the whole process, after a collection. */
  memory(): Promise<{ heap: number; resident: number }>;
  /** Milliseconds of processor time so far. */
  cpu(): number;
  stop(): Promise<void>;
}

/** Loaded before either server: collects garbage and says what is left when asked. */
const gauge = `data:text/javascript,${encodeURIComponent(`
  process.on('message', () => {
    globalThis.gc(); globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    process.send(heapUsed + external);
  });
  process.channel?.unref();
`)}`;

export async function startMeasured(program: string, env: Record<string, string>): Promise<Measured> {
  const profile = process.env.PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE] : [];
  const child = spawn(process.execPath, [...profile, '--expose-gc', '--import', gauge, program], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const address = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen = (seen + text).slice(-10_000);
      const found = /listening[^\n]*?(http:\/\/127\.0\.0\.1:\d+)/.exec(seen)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`${program} ended: ${seen}`)));
  });
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    address,
    async memory() {
      child.send('memory');
      const [heap]: unknown[] = await once(child, 'message');
      const resident = Number(/VmRSS:\s+(\d+)/.exec(proc('status'))?.[1]) * 1024;
      return { heap: Number(heap), resident };
    },
    cpu() {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? [];
      // utime and stime, in hundredths of a second.
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    stop: () => ended(child),
  };
}

/** The agents, in another process. */
export class Swarm {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(word: News) => void>();
  linked = 0;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./swarm.ts', import.meta.url)), { cwd: root });
    process.once('exit', () => this.#child.kill('SIGKILL'));
    this.#child.on('message', (message) => {
      const word = news.parse(message);
      if (word.is === 'linked') this.linked = word.count;
      for (const listener of this.#listeners) listener(word);
    });
  }

  tell(order: Order): void {
    this.#child.send(order);
  }

  /** Resolves with the first word that `find` makes something of; null after `patience` (ms). */
  hear<T>(find: (word: News) => T | null, patience: number): Promise<T | null> {
    return new Promise((resolve) => {
      const end = (value: T | null): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(value);
      };
      const listener = (word: News): void => {
        const found = find(word);
        if (found !== null) end(found);
      };
      const timer = setTimeout(() => end(null), patience);
      this.#listeners.add(listener);
    });
  }

  stop(): Promise<void> {
    return ended(this.#child);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exit;
  clearTimeout(timer);
}
