import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { armAlarm } from './alarm.ts';
import { look, presentReaders } from './look.ts';
import { type ChildAnswer, type ChildRequest, ChildStart } from './messages.ts';
import { type Module, openModule } from './module.ts';
import { askService } from './pcsc.ts';

/**
 * The child process: the only place where a PKCS#11 module is loaded. It may hang or crash at any call; its
 * parent (`run-child.ts`) lives on. Reads one line (`ChildStart`), answers in marked lines of JSON.
 */
export function runChild(): void {
  const lines = createInterface({ input: process.stdin });
  // The parent is gone, or wants no more.
  lines.on('close', () => process.exit(0));
  lines.once('line', (line) => {
    const { mark, request } = ChildStart.parse(JSON.parse(line));
    answerTo(request, (answer) => {
      // Written at once, past Node's buffers: the next call may never come back. The first line break ends
      // whatever the module may have printed.
      writeSync(1, `\n${mark}${JSON.stringify(answer)}\n`);
    });
  });
}

function answerTo(request: ChildRequest, say: (answer: ChildAnswer) => void): void {
  // Twice the parent's patience: this is for the case that the parent can no longer end us.
  armAlarm(request.deadlineMs * 2);
  if (request.kind === 'watch') keepWatch(request, say);
  else lookOnce(request, say);
}

function lookOnce(
  { module: path }: ChildRequest & { kind: 'look' },
  say: (answer: ChildAnswer) => void,
): void {
  say({ kind: 'system', state: askService() });
  if (path !== null) {
    trying(say, () => {
      const module = initialised(path);
      say({ kind: 'look', look: look(module) });
      say({ kind: 'system', state: askService() });
      module.call('C_Finalize', null);
    });
  }
  process.exit(0);
}

function keepWatch(request: ChildRequest & { kind: 'watch' }, say: (answer: ChildAnswer) => void): void {
  const ready = trying(say, () => {
    const module = initialised(request.module);
    const poll = (): void => {
      armAlarm(request.deadlineMs * 2);
      if (trying(say, () => say({ kind: 'present', readers: presentReaders(module) })))
        setTimeout(poll, request.pollMs);
      else process.exit(0);
    };
    poll();
  });
  if (!ready) process.exit(0);
}

function initialised(path: string): Module {
  const module = openModule(path);
  module.call('C_Initialize', null);
  return module;
}

function trying(say: (answer: ChildAnswer) => void, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    say({ kind: 'failed', detail: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

if (import.meta.main) runChild();
