import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Program {
  child: ChildProcess;
  /** As it says itself that it listens there. */
  address: string;
}

/** Whatever ends this process ends them. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program that is measured. With PROFILE set to a folder, its CPU profile is written there at the end. */
export async function startProgram(program: string, env: Record<string, string>): Promise<Program> {
  const profile = process.env.PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE] : [];
  const child = spawn(process.execPath, [...profile, program], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const address = await new Promise<string>((resolve, reject) => {
    let seen = '';
    const look = (text: string) => {
      seen += text;
      const found = /listening[^\n]*?(http:\/\/127\.0\.0\.1:\d+)/.exec(seen)?.[1];
      if (found === undefined) return;
      // From here on its log is only taken away: to look for the address in all of it cost a quarter of our own time.
      child.stdout?.off('data', look).resume();
      resolve(found);
    };
    child.stdout?.setEncoding('utf8').on('data', look);
    child.once('exit', () => reject(new Error(`${program} ended: ${seen}`)));
  });
  return { child, address };
}

export async function stopProgram({ child }: Program): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await ended;
  clearTimeout(timer);
}

/** Milliseconds of processor time that a process has used, as Linux counts it (in hundredths of a second). */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** How the benches of channels press; the environment may say otherwise, for looking closer. */
export const load = {
  /** Each program is measured so often, in turn: many short rounds, as a machine's own speed wanders from minute to minute. */
  rounds: number('BENCH_ROUNDS', 7),
  seconds: number('BENCH_SECONDS', 5),
  people: number('BENCH_PEOPLE', 200),
  /**
   * How many press at the same time; each waits for the visible reply before the next press. So many that none of the
   * programs waits for presses: what is compared is what each can do. (Bolt does no more with 64 than with 24;
   * ecadesk, whose presses wait for the database twice, does a tenth more.)
   */
  atOnce: number('BENCH_AT_ONCE', 64),
};
