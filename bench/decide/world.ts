import type { Flow } from '../../src/flows/compiled.ts';
import type { Moment } from '../../src/flows/event.ts';
import type { Problem } from '../../src/flows/flow.ts';
import { holds } from '../../src/flows/journey/graph.ts';
import { daysLeft, isUrgent, nudgeTimer, urgentWithin } from '../../src/flows/journey/time.ts';
import type { Escalation, JourneyState } from '../../src/flows/state.ts';

/**
 * What xstate's transitions do to the context, beside the state that the machine itself is in. Written anew for the
 * comparison; only the arithmetic of reminders and of the 30 days is the same function on both sides.
 */

/** What one journey carries that is not a state of the machine. `problem` is the one whose help is open. */
export type Context = Omit<JourneyState, 'v' | 'flow' | 'version' | 'status' | 'view'> & {
  problem: string | null;
};

export interface Happening {
  type: string;
  now: Moment;
  revision?: number | undefined;
  answer?: string;
  problem?: string;
  date?: string | null;
  escalation?: string;
  by?: string;
  name?: string;
}

/** An effect, as xstate gives it: an action with its parameters. */
export interface Output {
  type: string;
  params: Record<string, unknown>;
}

/** One transition in the making. */
export interface Draft {
  flow: Flow;
  /** Whether the machine is in its `active` state when the transition is over. */
  active: boolean;
  /** Whether nothing was heard of the employee for hours before this. */
  away?: boolean;
  context: Context;
  outputs: Output[];
}

export type Op = (draft: Draft, event: Happening) => void;

const say = (draft: Draft, type: string, params: Record<string, unknown>) =>
  draft.outputs.push({ type, params });
export const tell =
  (id: string): Op =>
  (draft) =>
    say(draft, 'tell', { what: { id } });
export const show =
  (how: 'here' | 'anew', finished?: string): Op =>
  (draft) =>
    say(draft, 'show', finished === undefined ? { how } : { how, finished });

const put = (draft: Draft, change: Partial<Context>) => {
  draft.context = { ...draft.context, ...change };
};
const revise = (draft: Draft, change: Partial<Context>) =>
  put(draft, { ...change, revision: draft.context.revision + 1 });

const claimed = (context: Context) => context.escalations.some((e) => e.by !== null);
const asked = (context: Context) => context.escalations.some((e) => e.step === context.step);

function nextReminder({ flow, context }: Draft, at: number, heardAt = context.heardAt): Context['timer'] {
  const step = flow.byId.get(context.step);
  if (!step) throw new Error(`no step ${context.step}`);
  const state: JourneyState = { ...stateless(flow), ...context, heardAt };
  return nudgeTimer(flow, step, state, at);
}

const stateless = (flow: Flow) =>
  ({
    v: 1,
    flow: flow.id,
    version: flow.version,
    status: 'active',
    view: { at: 'step' },
  }) as const;

/** The state that `decide` would give for this context. */
export function asState(
  flow: Flow,
  { problem, ...context }: Context,
  status: JourneyState['status'],
  at: 'step' | 'problems' | 'help',
): JourneyState {
  const view = at === 'help' ? { at, problem: problem ?? '' } : { at };
  return { ...stateless(flow), ...context, status, view };
}

const rewind: Op = (draft, { now }) => {
  const quiet = !draft.active || claimed(draft.context) || asked(draft.context);
  put(draft, { nudged: 0 });
  put(draft, { timer: quiet ? null : nextReminder(draft, now.at, now.at) });
};

function settle(draft: Draft, which: (e: Escalation) => boolean): void {
  const gone = draft.context.escalations.filter(which);
  if (gone.length === 0) return;
  for (const escalation of gone) say(draft, 'resolved', { escalation, by: 'employee' });
  put(draft, { escalations: draft.context.escalations.filter((e) => !which(e)) });
}

function escalate(
  draft: Draft,
  { now }: Happening,
  reason: string,
  by: string,
  step: string | null = draft.context.step,
): void {
  const { context } = draft;
  if (context.escalations.some((e) => e.reason === reason && e.step === step)) {
    if (by === 'employee' || by === 'problem') tell('help-desk-knows')(draft, { type: '', now });
    return;
  }
  const urgent = by === 'deadline' || isUrgent({ ...stateless(draft.flow), ...context }, now.at);
  const escalation: Escalation = {
    id: draft.outputs.some((o) => o.type === 'escalate') ? now.spareId : now.newId,
    reason,
    step,
    by: null,
    priority: urgent ? 'urgent' : 'normal',
    at: now.at,
    tried: context.tried.map((t) => t.problem),
    found: null,
  };
  put(draft, { escalations: [...context.escalations, escalation] });
  say(draft, 'escalate', { escalation, by });
  say(draft, 'tell', { what: { id: 'help-desk-told', reason } });
}

/** What identifies a press, beside the revision it was made for. */
export function pressKey({ revision: _revision, now: _now, ...rest }: Happening): string {
  return JSON.stringify(rest);
}

/** The employee is there. */
export function hear(wasActive: boolean): Op {
  return (draft, event) => {
    const end = draft.active;
    draft.active = wasActive;
    draft.away = event.now.at - draft.context.heardAt >= absence;
    put(draft, { heardAt: event.now.at });
    if (draft.context.stuck?.why === 'silence') put(draft, { stuck: null });
    settle(draft, (e) => e.reason === 'silence');
    const kind = draft.context.timer?.kind;
    if (kind === undefined || kind === 'nudge' || kind === 'limit') rewind(draft, event);
    draft.active = end;
  };
}

/** Who comes back after hours is greeted. */
export const greet: Op = (draft, event) => {
  if (draft.away && comingBack.has(event.type)) tell('welcome-back')(draft, event);
};

const absence = 4 * 3_600_000;
const comingBack = new Set(['show', 'start', 'resume']);

export const notePress: Op = (draft, event) => {
  if (event.revision === undefined) return;
  put(draft, { pressed: { key: pressKey(event), revision: event.revision, at: event.now.at } });
};

export const begin: Op = (draft, { now }) => put(draft, { startedAt: now.at });

export const arriveAt =
  (step: string): Op =>
  (draft, event) => {
    revise(draft, { step, problem: null, enteredAt: event.now.at, tried: [], stuck: null, waiting: null });
    rewind(draft, event);
  };

/** The current step is finished, on whose word. */
export const leave: Op = (draft) => {
  const { context, flow } = draft;
  const evidence = flow.byId.get(context.step)?.evidence ?? [];
  const proven =
    evidence.length > 0 && evidence.every((fact) => (context.evidence[fact] ?? -1) >= context.enteredAt);
  settle(draft, (e) => e.step === context.step);
  put(draft, {
    path: [...context.path.filter((id) => id !== context.step), context.step],
    proofs: { ...context.proofs, [context.step]: proven ? 'computer' : 'word' },
  });
};

export const finish: Op = (draft) =>
  revise(draft, { problem: null, stuck: null, waiting: null, timer: null });

export const goBackTo =
  (previous: string): Op =>
  (draft) => {
    const { path, answers, proofs, step } = draft.context;
    const { [previous]: _answer, ...otherAnswers } = answers;
    const { [previous]: _proof, ...otherProofs } = proofs;
    settle(draft, (e) => e.step === step);
    put(draft, {
      path: path.slice(0, path.lastIndexOf(previous)),
      answers: otherAnswers,
      proofs: otherProofs,
    });
  };

export const keepAnswer =
  (id: string): Op =>
  (draft) =>
    put(draft, { answers: { ...draft.context.answers, [draft.context.step]: id } });

export const callFor =
  (reason: string): Op =>
  (draft, event) =>
    escalate(draft, event, reason, 'problem', null);

/** Before the first step and after the last, no step settles the call. */
export const askBeside: Op = (draft, event) => escalate(draft, event, 'asked-for-help', 'employee', null);

export const restFor =
  (wait: { for: string; resume: string; days: number }): Op =>
  (draft, { now }) => {
    const until = now.at + wait.days * day;
    revise(draft, {
      problem: null,
      stuck: null,
      waiting: { for: wait.for, resume: wait.resume, until, days: wait.days },
      timer: { kind: 'wait', at: until },
    });
  };

const day = 86_400_000;

export const takeUp: Op = (draft, event) => {
  revise(draft, { problem: null, waiting: null });
  rewind(draft, event);
};

export const pause: Op = (draft) => revise(draft, { problem: null, timer: null });

export const snooze: Op = (draft, { now }) =>
  put(draft, { nudged: 0, timer: { kind: 'snooze', at: now.at + day } });

export const saidStuck: Op = (draft, { now }) =>
  revise(draft, {
    problem: null,
    stuck: { since: draft.context.stuck?.since ?? now.at, why: 'said', reason: 'said-stuck' },
  });

export const openProblem =
  (id?: string): Op =>
  (draft, event) => {
    const problem = id ?? event.problem ?? '';
    const tried = draft.context.tried.filter((t) => t.problem !== problem);
    revise(draft, { problem, tried: [...tried, { problem, at: event.now.at }] });
  };

export const toStep: Op = (draft) =>
  revise(draft, { problem: null, stuck: asked(draft.context) ? draft.context.stuck : null });

export const settleHere: Op = (draft) => settle(draft, (e) => e.step === draft.context.step);

export const unstick: Op = (draft, event) => {
  revise(draft, { problem: null, stuck: null });
  rewind(draft, event);
};

/** The problem whose help is open, where it exists now. */
export function openHelp(flow: Flow, context: Context, event: Happening): Problem | undefined {
  const found = flow.problemById.get(context.problem ?? '');
  return found && holds(found.when, event.now.openIssues) ? found : undefined;
}

/** The help desk is called: for the problem whose help is open, else for `other`. */
export const call =
  (other: string, by: 'employee' | 'problem'): Op =>
  (draft, event) => {
    const found = openHelp(draft.flow, draft.context, event);
    const reason = found?.escalate ?? other;
    const since = draft.context.stuck?.since ?? event.now.at;
    escalate(draft, event, reason, by);
    if (found?.wait) return restFor(found.wait)(draft, event);
    revise(draft, {
      problem: null,
      stuck: { since, why: by === 'problem' ? 'problem' : 'said', reason },
      timer: null,
    });
  };

export const signed =
  (deadline: number | null): Op =>
  (draft, event) => {
    const passed = deadline !== null && deadline < event.now.at;
    put(draft, { deadline: deadline === null ? null : { at: deadline, warned: passed, passed } });
    if (!passed) return;
    tell('deadline-passed')(draft, event);
    escalate(draft, event, 'thirty-days-passed', 'deadline', null);
  };

export const watchDeadline: Op = (draft, event) => {
  const { deadline } = draft.context;
  const { at } = event.now;
  if (deadline === null) return;
  if (!deadline.passed && at >= deadline.at) {
    put(draft, { deadline: { ...deadline, warned: true, passed: true } });
    tell('deadline-passed')(draft, event);
    escalate(draft, event, 'thirty-days-passed', 'deadline', null);
  } else if (!deadline.warned && at >= deadline.at - urgentWithin) {
    put(draft, { deadline: { ...deadline, warned: true } });
    const left = daysLeft({ ...stateless(draft.flow), ...draft.context }, at) ?? 0;
    say(draft, 'tell', { what: { id: 'deadline-near', daysLeft: left } });
  }
};

/** Silence while active: a reminder, or after the last one the help desk. */
export const silence: Op = (draft, event) => {
  const { timer, stuck, nudged } = draft.context;
  const { at } = event.now;
  if (timer === null || timer.at > at) return;
  if (claimed(draft.context)) return put(draft, { timer: null });
  if (timer.kind === 'limit') {
    const reason = stuck?.reason ?? 'silence';
    put(draft, { timer: null, stuck: { since: stuck?.since ?? at, why: stuck?.why ?? 'silence', reason } });
    return escalate(draft, event, 'silence', 'silence');
  }
  put(draft, { nudged: nudged + 1 });
  put(draft, { timer: nextReminder(draft, at) });
  const left = daysLeft({ ...stateless(draft.flow), ...draft.context }, at);
  say(draft, 'tell', { what: { id: 'nudge', count: nudged + 1, daysLeft: left } });
  show('anew')(draft, event);
};

export const sayWaitOver: Op = (draft) =>
  say(draft, 'tell', { what: { id: 'wait-over', for: draft.context.waiting?.for ?? '' } });

const byOf = ({ by = '', name = '' }: Happening) => ({ id: by, name });

export const claim: Op = (draft, event) => {
  const { escalations, timer } = draft.context;
  const found = escalations.find((e) => e.id === event.escalation);
  if (!found || found.by !== null) return;
  const by = byOf(event);
  put(draft, {
    escalations: escalations.map((e) => (e === found ? { ...e, by } : e)),
    timer: timer?.kind === 'wait' ? timer : null,
  });
  say(draft, 'claimed', { escalation: found, by });
  say(draft, 'tell', { what: { id: 'help-desk-claimed', name: by.name } });
};

export const resolve =
  (goesOn: boolean): Op =>
  (draft, event) => {
    const { escalations } = draft.context;
    const found = escalations.find((e) => e.id === event.escalation);
    put(draft, { escalations: escalations.filter((e) => e !== found) });
    say(draft, 'resolved', { escalation: found, by: byOf(event) });
    say(draft, 'tell', { what: { id: 'help-desk-resolved', name: event.name, goesOn } });
  };

export const resumeAfterHelp: Op = (draft, event) => {
  revise(draft, { waiting: null, problem: null, stuck: null });
  rewind(draft, event);
};
