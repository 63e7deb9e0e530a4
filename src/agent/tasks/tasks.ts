import type { Executor } from '../actions/executor.ts';
import { inspectOpensc, inspectSystem, inspectToken, type LookWorld } from '../actions/looks.ts';
import type { Journal } from '../home/journal.ts';
import type { Pairing } from '../home/pairing-file.ts';
import type { Receipts } from '../home/receipts.ts';
import { type ActionName, type AgentMode, actions, allows } from '../protocol/actions.ts';
import { type Command, clockTolerance, type Outcome } from '../protocol/command.ts';
import type { AgentFrame } from '../protocol/frames.ts';
import { readPublicKey } from '../protocol/keys.ts';
import type { Signed } from '../protocol/signed.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { admit, stricter } from './admit.ts';
import { type ChangeWorld, change } from './changing.ts';
import { type StopReason, withinLimits } from './limits.ts';
import { outcomeAfterRestart } from './recover.ts';
import { openWatching } from './watching.ts';
import { receiptWords } from './words.ts';

export interface TasksOptions {
  readonly pairing: Pairing;
  readonly journal: Journal;
  readonly receipts: Receipts;
  readonly terminal: Terminal;
  readonly out: (text: string) => void;
  readonly clock: () => Date;
  readonly look: LookWorld;
  readonly executor: Executor;
  /** This computer's own AGENT setting. */
  readonly ownMode: AgentMode;
  readonly consentMs: number;
  /** The time limit (ms) of an action. */
  readonly limitMs: (action: ActionName) => number;
  /** Says something to the server; lost where there is no link. */
  readonly say: (frame: AgentFrame) => void;
  /** A line that was typed as an answer and is none. */
  readonly onLine: (text: string) => void;
  readonly isOn: () => boolean;
}

/** The tasks of this computer: each is done at most once and has one outcome, told until the server has taken it. */
export interface Tasks {
  receive(signed: Signed): void;
  /** Ends what was in hand when the agent last went down. */
  recover(): Promise<void>;
  /** A link is open: tells everything that the server may not know. */
  tellAll(): void;
  /** Ends what may no longer go on. A change that the person allowed and that has begun is finished. */
  stop(reason: StopReason): void;
  mode(): AgentMode;
}

/** Looks side by side, and changes that wait for their person; more at once are refused. */
const MOST = { look: 6, change: 2 } as const;

interface InHand {
  readonly command: Command;
  readonly action: ActionName;
  readonly parameters: unknown;
  readonly stop: AbortController;
  changing: boolean;
}

export function openTasks(options: TasksOptions): Tasks {
  const { pairing, journal, receipts, out, clock, say } = options;
  const serverKey = readPublicKey(pairing.serverKey);
  const inHand = new Map<string, InHand>();
  let changes: Promise<unknown> = Promise.resolve();
  const watching = openWatching(options.look, clock, say);
  const changeWorld: ChangeWorld = {
    ...options,
    who: pairing.who,
    mayDo: (action) => options.isOn() && allows(mode(), action),
  };
  const now = (): number => clock().getTime();
  const mode = (): AgentMode => stricter(journal.mode, options.ownMode);

  const tell = (task: string): void => {
    const entry = journal.find(task);
    if (entry === null) return;
    if (entry.state === 'ended' && entry.outcome !== null)
      say({ type: 'result', task, outcome: entry.outcome, at: entry.since });
    else if (entry.state !== 'taken') say({ type: 'began', task });
    else say({ type: 'result', task, outcome: TOLD_ALREADY, at: entry.since });
  };
  const receipt = (action: string, parameters: unknown, outcome: Outcome): void => {
    const words = receiptWords(action, parameters, outcome);
    receipts.write(words);
    out(`${printable(words)}\n`);
  };
  const end = ({ command: { task }, action, parameters }: InHand, outcome: Outcome): void => {
    journal.end(task, outcome);
    receipt(action, parameters, outcome);
    tell(task);
  };

  const lookAt = (one: InHand, signal: AbortSignal): Promise<unknown> => {
    const world = options.look;
    if (one.action === 'system.inspect') return Promise.resolve(inspectSystem(world));
    if (one.action === 'opensc.inspect') return inspectOpensc(world);
    if (one.action === 'token.inspect') return inspectToken(world);
    const { minutes } = actions['token.watch'].parameters.parse(one.parameters);
    return watching.watch(one.command.task, minutes, signal);
  };
  const begin = async (one: InHand): Promise<void> => {
    const { task } = one.command;
    inHand.set(task, one);
    say({ type: 'began', task });
    const limit = options.limitMs(one.action);
    const outcome = await (actions[one.action].consequence === 'look'
      ? withinLimits(one.action, limit, one.stop.signal, (signal) => lookAt(one, signal))
      : inTurn(() => {
          const { action, parameters, stop, command } = one;
          // While another question was open, its time may have gone by.
          const late: Outcome = { status: 'timed-out' };
          if (command.expiresAt + clockTolerance < now()) return Promise.resolve(late);
          const onBegin = (): void => {
            one.changing = true;
          };
          return change(changeWorld, {
            task,
            action,
            parameters,
            limitMs: limit,
            stop: stop.signal,
            onBegin,
          });
        }));
    inHand.delete(task);
    if (outcome !== null) end(one, outcome);
  };
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = changes.then(act);
    changes = mine.catch(() => {});
    return mine;
  };

  return {
    mode,
    receive(signed) {
      const found = admit(signed, {
        serverKey,
        device: pairing.device,
        journal,
        now: now(),
        mode: mode(),
        on: options.isOn(),
      });
      if (found.kind === 'forged') {
        receipts.write(
          "Refused: a command that does not bear the help desk's signature. Nobody was answered.",
        );
        return;
      }
      const { command } = found;
      if (found.kind === 'known') {
        journal.heard(command);
        tell(command.task);
        return;
      }
      if (found.kind === 'new') {
        const { action, parameters } = found;
        const one: InHand = { command, action, parameters, stop: new AbortController(), changing: false };
        const { consequence } = actions[action];
        const alike = [...inHand.values()].filter(
          (other) => actions[other.action].consequence === consequence,
        );
        if (alike.length < MOST[consequence]) {
          journal.accept(command);
          void begin(one);
          return;
        }
      }
      const { code, message } = found.kind === 'refused' ? found : BUSY;
      const outcome: Outcome = { status: 'refused', code, message };
      receipt(command.action, command.parameters, outcome);
      // What is known of a task stands, whatever an old command for it says.
      if (journal.find(command.task) !== null) return;
      if (found.kind === 'new' || found.counted) journal.accept(command, outcome);
      else journal.refuse(command, outcome);
      tell(command.task);
    },
    async recover() {
      for (const entry of [...journal.tasks('accepted'), ...journal.tasks('changing')]) {
        const outcome = await outcomeAfterRestart(entry, options.look.computer.bootedAt(), async () => {
          return (await inspectOpensc(options.look)).version;
        });
        journal.end(entry.task, outcome);
        receipt(entry.action, entry.parameters, outcome);
      }
    },
    tellAll() {
      for (const { task } of [
        ...journal.tasks('accepted'),
        ...journal.tasks('changing'),
        ...journal.tasks('ended'),
      ])
        tell(task);
      watching.tellAgain();
    },
    stop(reason) {
      for (const one of inHand.values()) if (!one.changing || reason === 'stopping') one.stop.abort(reason);
    },
  };
}

const BUSY = { code: 'busy', message: 'Too much is being done already.' };

const TOLD_ALREADY: Outcome = {
  status: 'failed',
  code: 'told-already',
  message: 'This was done before, and the server has taken its result.',
};
