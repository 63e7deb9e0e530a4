import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AgentMode, agentMode } from '../protocol/actions.ts';
import { type Command, clockTolerance, type Outcome, outcome } from '../protocol/command.ts';
import { parseJson, readText, writeWhole } from './folder.ts';
import { TASKS_FILE } from './pairing-file.ts';

/**
 * One task. `accepted`: being looked at, or the person is being asked. `changing`: they said yes and it is being
 * done. `ended`: its outcome is known and not yet `taken` by the server.
 */
const entry = z.strictObject({
  task: z.uuid(),
  action: z.string(),
  parameters: z.unknown(),
  state: z.enum(['accepted', 'changing', 'ended', 'taken']),
  /** When it came into this state; milliseconds since 1970. */
  since: z.int(),
  outcome: outcome.nullable(),
});
export type Entry = z.output<typeof entry>;

const contents = z.strictObject({
  v: z.literal(1),
  device: z.uuid(),
  /** Of the last command that was accepted. */
  sequence: z.int().nonnegative(),
  nonces: z.array(z.strictObject({ nonce: z.string(), until: z.int() })),
  /** The last word of the organisation, and when it was said. */
  mode: agentMode,
  modeAt: z.int(),
  /** Commands issued before this are refused: what was used then is no longer known. */
  notBefore: z.int(),
  tasks: z.array(entry),
});
type Contents = z.output<typeof contents>;

const REMEMBERED = 500;
const UNTAKEN_DAYS = 30;
/** Beyond these a used nonce is known by its sequence, which is below the last one. */
const MAX_NONCES = 1_000;
/** A server that asks and never takes the answers must not fill the disk. */
const MAX_UNTAKEN = 500;

/** What this computer was asked, across restarts. Every change is on the disk when the method returns. */
export interface Journal {
  readonly sequence: number;
  readonly notBefore: number;
  readonly mode: AgentMode;
  isUsed(nonce: string): boolean;
  find(task: string): Entry | null;
  tasks(state: Entry['state']): Entry[];
  /** Notes a command's sequence and nonce as used, and its task as accepted, or as ended with `outcome`. */
  accept(command: Command, outcome?: Outcome): void;
  /** Notes the outcome of a task that no command of it was accepted for. */
  refuse(command: Command, outcome: Outcome): void;
  /** Notes a command's sequence and nonce only: its task is known already. */
  heard(command: Command): void;
  changing(task: string): void;
  end(task: string, outcome: Outcome): void;
  taken(task: string): void;
  /** False: it is older than what is known. */
  hear(mode: AgentMode, at: number): boolean;
}

export interface JournalOptions {
  readonly home: string;
  readonly device: string;
  readonly mode: AgentMode;
  readonly clock: () => Date;
  /** How many tasks that the server has taken are remembered, so that they are not done again. */
  readonly remembered?: number;
  /** The file made no sense and was set aside as `path`. */
  readonly onBroken: (path: string) => void;
}

/** Reads the journal, or begins it where there is none, or one of another pairing. */
export function openJournal(options: JournalOptions): Journal {
  const path = join(options.home, TASKS_FILE);
  const now = (): number => options.clock().getTime();
  const kept = load(path, options);
  const save = (): void => {
    prune(kept, now(), options.remembered ?? REMEMBERED);
    writeWhole(path, JSON.stringify(kept));
  };
  const use = ({ sequence, nonce, expiresAt }: Command): void => {
    kept.sequence = Math.max(kept.sequence, sequence);
    kept.nonces.push({ nonce, until: expiresAt + 2 * clockTolerance });
  };
  const add = ({ task, action, parameters }: Command, ended: Outcome | undefined): void => {
    const state = ended === undefined ? 'accepted' : 'ended';
    // What is refused may be anything: it is not kept.
    const known = ended === undefined ? parameters : null;
    kept.tasks.push({ task, action, parameters: known, state, since: now(), outcome: ended ?? null });
  };
  const move = (task: string, state: Entry['state'], ended: Outcome | null): void => {
    const found = kept.tasks.find((one) => one.task === task);
    if (found === undefined) return;
    Object.assign(found, { state, since: now(), outcome: ended });
    save();
  };
  return {
    get sequence() {
      return kept.sequence;
    },
    get notBefore() {
      return kept.notBefore;
    },
    get mode() {
      return kept.mode;
    },
    isUsed: (nonce) => kept.nonces.some((one) => one.nonce === nonce),
    find: (task) => kept.tasks.find((one) => one.task === task) ?? null,
    tasks: (state) => kept.tasks.filter((one) => one.state === state),
    accept(command, ended) {
      use(command);
      add(command, ended);
      save();
    },
    refuse(command, ended) {
      add(command, ended);
      save();
    },
    heard(command) {
      use(command);
      save();
    },
    changing: (task) => move(task, 'changing', null),
    end: (task, ended) => move(task, 'ended', ended),
    taken(task) {
      if (kept.tasks.some((one) => one.task === task && one.state === 'ended')) move(task, 'taken', null);
    },
    hear(mode, at) {
      if (at < kept.modeAt) return false;
      kept.mode = mode;
      kept.modeAt = at;
      save();
      return true;
    },
  };
}

function load(path: string, { device, mode, clock, onBroken }: JournalOptions): Contents {
  const text = readText(path);
  const fresh: Contents = {
    v: 1,
    device,
    sequence: 0,
    nonces: [],
    mode,
    modeAt: 0,
    notBefore: 0,
    tasks: [],
  };
  if (text === null) return fresh;
  const read = contents.safeParse(parseJson(text));
  if (read.success) return read.data.device === device ? read.data : fresh;
  const now = clock().getTime();
  const aside = `${path}.damaged-${now}`;
  renameSync(path, aside);
  onBroken(aside);
  const begun = { ...fresh, notBefore: now };
  writeWhole(path, JSON.stringify(begun));
  return begun;
}

function prune(kept: Contents, now: number, remembered: number): void {
  kept.nonces = kept.nonces.filter(({ until }) => until >= now).slice(-MAX_NONCES);
  const old = now - UNTAKEN_DAYS * 24 * 3_600_000;
  const taken = kept.tasks.filter(({ state }) => state === 'taken').slice(0, -remembered);
  const untaken = kept.tasks.filter(({ state }) => state === 'ended').slice(0, -MAX_UNTAKEN);
  const gone = new Set([...taken, ...untaken]);
  kept.tasks = kept.tasks.filter((one) => !gone.has(one) && (one.state !== 'ended' || one.since >= old));
}
