import { assemble, orderOf } from '../compile.ts';
import type { Flow, FlowStep } from '../compiled.ts';
import type { Answer, FlowDocument } from '../flow.ts';
import { answersOf, holds, type OpenIssues, problemIn, problemsOf, stepFrom } from '../journey/graph.ts';
import { applySettings } from '../settings.ts';
import { settingNames, settingsOn } from '../values.ts';
import type { Finding } from './finding.ts';
import { allSteps } from './parts.ts';

/** One state of settings and known issues; `words` names it in messages. */
interface World {
  flow: Flow;
  open: OpenIssues;
  words: string;
}

type StepFault = { step: string; answer?: string; message: string };

/** In every state of settings and known issues: each step can be reached, can be left, and keeps some answer. */
export function checkRoutes(document: FlowDocument): Finding[] {
  const faults = new Map<string, { fault: StepFault; worlds: World[] }>();
  const all = worlds(document);
  for (const world of all)
    for (const fault of routeFaults(world)) {
      const key = JSON.stringify(fault);
      const known = faults.get(key) ?? { fault, worlds: [] };
      faults.set(key, { fault, worlds: [...known.worlds, world] });
    }
  return [...faults.values()].map(({ fault, worlds: in_ }) => {
    const standing = all.filter(({ flow, open }) => exists(flow.byId.get(fault.step), open));
    const when = in_.length < standing.length ? ` while ${in_[0]?.words ?? ''}` : '';
    return { path: pathOf(document, fault), message: fault.message.replace('…', when) };
  });
}

/** Every combination of settings and issues; of many issues only all open, all closed, and each by itself. */
export function worlds(document: FlowDocument): World[] {
  const issues = document.issues.map((issue) => issue.id);
  const openSets = issues.length <= 6 ? subsets(issues) : [[], issues, ...issues.map((id) => [id])];
  return subsets([...settingNames]).flatMap((on) => {
    const settings = settingsOn(on);
    const flow = assemble(applySettings(document, settings), 0, orderOf(document));
    return openSets.map((open) => ({
      flow,
      open: new Set(open),
      words: [
        ...settingNames.map((n) => `"${n}" is ${on.includes(n) ? 'on' : 'off'}`),
        ...issues.map((id) => `"${id}" is ${open.includes(id) ? 'open' : 'closed'}`),
      ].join(' and '),
    }));
  });
}

function subsets<T>(list: readonly T[]): T[][] {
  const sets: T[][] = [[]];
  for (const item of list) for (const set of sets.slice()) sets.push([...set, item]);
  return sets;
}

function exists(step: FlowStep | undefined, open: OpenIssues): step is FlowStep {
  return step !== undefined && holds(step.when, open);
}

function routeFaults({ flow, open }: World): StepFault[] {
  const start = stepFrom(flow, 0, open);
  const here = flow.steps.filter((s) => exists(s, open));
  if (!start) return here.map((s) => ({ step: s.id, message: 'no step can come first…: all are detours' }));
  const reached = reach(start, (s) => [...onward(flow, s, open), ...mended(flow, s, open)]);
  const leaving = here.filter((s) => leads(s, (x) => onward(flow, x, open)));
  return [
    ...here
      .filter((s) => !reached.has(s))
      .map((s) => ({
        step: s.id,
        message: `the step "${s.id}" cannot be reached…: lead an answer to it, or take "detour" away`,
      })),
    ...[...reached]
      .filter((s) => s !== 'end' && !leaving.includes(s))
      .map((s) => ({
        step: s === 'end' ? '' : s.id,
        message: 'no way out of this step leads to the end…: give it an answer that goes on',
      })),
    ...here.flatMap((s) => answerFaults(flow, s, open)),
  ];
}

function answerFaults(flow: Flow, step: FlowStep, open: OpenIssues): StepFault[] {
  const answers = answersOf(step, open);
  if (step.answers.length > 0 && answers.length === 0)
    return [{ step: step.id, message: 'all answers of this step vanish…: let one stay' }];
  return answers
    .filter(
      (a) => a.problem !== undefined && flow.problemById.has(a.problem) && !problemIn(flow, a.problem, open),
    )
    .map((a) => ({
      step: step.id,
      answer: a.id,
      message: `the problem of this answer is not there…: give both the same "when"`,
    }));
}

type Place = FlowStep | 'end';

/** Where finishing the step leads: what Done or each answer does, as `decide` does it. */
function onward(flow: Flow, step: FlowStep, open: OpenIssues): Place[] {
  const answers = answersOf(step, open);
  if (answers.length === 0 || step.ask) return [follow(flow, step, undefined, open)];
  return answers.flatMap((a) => answered(flow, step, a, open));
}

function answered(flow: Flow, step: FlowStep, answer: Answer, open: OpenIssues): Place[] {
  if (answer.problem !== undefined) {
    const to = problemIn(flow, answer.problem, open)?.to;
    return to === undefined ? [] : [follow(flow, step, to, open)];
  }
  return answer.wait ? [] : [follow(flow, step, answer.to, open)];
}

/** Where solved problems lead. */
function mended(flow: Flow, step: FlowStep, open: OpenIssues): Place[] {
  return problemsOf(flow, step, open).flatMap((p) =>
    p.to === undefined ? [] : [follow(flow, step, p.to, open)],
  );
}

function follow(flow: Flow, from: FlowStep, to: string | undefined, open: OpenIssues): Place {
  const named = to === undefined ? undefined : flow.byId.get(to);
  if (named && (named.detour || holds(named.when, open))) return named;
  return stepFrom(flow, named ? named.index : from.index + 1, open) ?? 'end';
}

function reach(start: Place, next: (step: FlowStep) => Place[]): Set<Place> {
  const found = new Set<Place>([start]);
  for (const place of found) if (place !== 'end') for (const further of next(place)) found.add(further);
  return found;
}

function leads(step: FlowStep, next: (step: FlowStep) => Place[]): boolean {
  return reach(step, next).has('end');
}

function pathOf(document: FlowDocument, { step, answer }: StepFault): (string | number)[] {
  const found = allSteps(document).find(({ it }) => it.id === step);
  if (!found) return ['sections'];
  const place = answer === undefined ? -1 : found.it.answers.findIndex((a) => a.id === answer);
  return [...found.path, ...(place < 0 ? ['id'] : ['answers', place])];
}
