import type { Flow, FlowStep } from '../compiled.ts';
import type { Answer, Condition, Problem } from '../flow.ts';

/** The flow as it stands for one person now: which steps, answers and problems there are, and what follows what. */

export type OpenIssues = ReadonlySet<string>;

/** Settings were decided when the flow was compiled; only known issues change while it runs. */
export function holds(condition: Condition | undefined, open: OpenIssues): boolean {
  const issue = condition?.issue;
  return issue === undefined || open.has(issue.id) === (issue.is === 'open');
}

/** The first step of the main line at or after this place that exists now. */
export function stepFrom(flow: Flow, place: number, open: OpenIssues): FlowStep | undefined {
  for (let i = place; i < flow.steps.length; i++) {
    const step = flow.steps[i];
    if (step && !step.detour && holds(step.when, open)) return step;
  }
  return undefined;
}

export function firstStep(flow: Flow, open: OpenIssues): FlowStep {
  const step = stepFrom(flow, 0, open) ?? flow.steps[0];
  if (!step) throw new Error(`The flow ${flow.id} has no steps: check it with "npm run flow -- check".`);
  return step;
}

export function answersOf(step: FlowStep, open: OpenIssues): Answer[] {
  return step.answers.filter((answer) => holds(answer.when, open));
}

/** The step's own problems first, then those that may occur anywhere. */
export function problemsOf(flow: Flow, step: FlowStep, open: OpenIssues): Problem[] {
  return [...step.problems, ...flow.problems].filter((problem) => holds(problem.when, open));
}

export function problemIn(flow: Flow, id: string, open: OpenIssues): Problem | undefined {
  const problem = flow.problemById.get(id);
  return problem && holds(problem.when, open) ? problem : undefined;
}

/**
 * Where somebody goes whose step has just ceased to exist because a known issue was opened or closed: the first step
 * that exists of the neighbours made for that issue, else whatever follows.
 */
export function counterpart(flow: Flow, step: FlowStep, open: OpenIssues): FlowStep | undefined {
  const issue = step.when?.issue?.id;
  let place = step.index;
  while (place > 0 && flow.steps[place - 1]?.when?.issue?.id === issue) place--;
  return stepFrom(flow, place, open);
}

/** "Step 3 of 15 · about 4 min": a detour counts as the main step before it. Minutes are those still to come. */
export function placeOf(
  flow: Flow,
  stepId: string,
  open: OpenIssues,
): { step: number; of: number; minutes: number } {
  const current = flow.byId.get(stepId)?.index ?? 0;
  const counted = flow.steps.filter((s) => !s.detour && holds(s.when, open));
  const before = counted.filter((s) => s.index <= current).length;
  const minutes = counted.filter((s) => s.index >= current).reduce((sum, s) => sum + s.minutes, 0);
  return { step: Math.max(1, before), of: counted.length, minutes };
}
