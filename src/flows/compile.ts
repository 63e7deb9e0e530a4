import type { Flow, FlowStep } from './compiled.ts';
import type { Answer, Condition, FlowDocument, Picture, Problem, Step, Wait } from './flow.ts';
import { type Filler, type FlowSettings, type FlowValues, filler } from './values.ts';

export interface CompileWith {
  values: FlowValues;
  settings: FlowSettings;
}

/**
 * Makes a document ready: fills values in, leaves out what a setting rules out, and makes the look-ups. Conditions on
 * known issues stay, because those change while people are under way. A target that a setting rules out means the
 * next step after it that stands.
 */
export function compileFlow(
  document: FlowDocument,
  version: number,
  { values, settings }: CompileWith,
): Flow {
  const fill = filler(values);
  const order = document.sections.flatMap((s) => s.steps.map((x) => x.id));
  const standing = document.sections.flatMap((section) =>
    section.steps
      .filter((s) => stands(s, settings))
      .map((s) => ({ step: s, section: { id: section.id, title: fill.line(section.title) } })),
  );
  const target = targets(order, new Map(standing.map(({ step }) => [step.id, step])));
  const context = { fill, settings, target };
  const steps = standing.map(
    ({ step, section }, index): FlowStep => ({ ...compileStep(step, context), section, index }),
  );
  const problems = compileProblems(document.problems, context);
  return {
    id: document.flow,
    version,
    title: fill.line(document.title),
    nudges: document.nudges,
    reasons: document.reasons,
    issues: document.issues,
    steps,
    byId: new Map(steps.map((s) => [s.id, s])),
    problems,
    problemById: new Map([...steps.flatMap((s) => s.problems), ...problems].map((p) => [p.id, p])),
    order,
    end: { ...compileText(document.end, fill), title: fill.line(document.end.title) },
  };
}

interface Context {
  fill: Filler;
  settings: FlowSettings;
  target: (id: string) => string | undefined;
}

function compileStep(step: Step, context: Context): Step {
  const { fill, settings } = context;
  return {
    ...step,
    ...compileText(step, fill),
    title: fill.line(step.title),
    done: fill.line(step.done),
    answers: step.answers.filter((a) => stands(a, settings)).map((a) => compileAnswer(a, context)),
    problems: compileProblems(step.problems, context),
  };
}

function compileAnswer(answer: Answer, { fill, target }: Context): Answer {
  const { to, wait, ...rest } = answer;
  const goal = to === undefined ? undefined : target(to);
  return {
    ...rest,
    label: fill.line(answer.label),
    ...(goal !== undefined && { to: goal }),
    ...(wait && { wait: compileWait(wait, fill) }),
  };
}

function compileProblems(problems: readonly Problem[], { fill, settings, target }: Context): Problem[] {
  return problems
    .filter((p) => stands(p, settings))
    .map((p) => {
      const { to, wait, ...rest } = p;
      const goal = to === undefined ? undefined : target(to);
      return {
        ...rest,
        symptom: fill.line(p.symptom),
        help: fill.prose(p.help),
        ...(p.picture && { picture: compilePicture(p.picture, fill) }),
        ...(goal !== undefined && { to: goal }),
        ...(wait && { wait: compileWait(wait, fill) }),
      };
    });
}

function compileText(of: { body: string; picture?: Picture | undefined }, fill: Filler) {
  return { body: fill.prose(of.body), ...(of.picture && { picture: compilePicture(of.picture, fill) }) };
}

function compilePicture(picture: Picture, fill: Filler): Picture {
  return { ...picture, alt: fill.line(picture.alt) };
}

function compileWait(wait: Wait, fill: Filler): Wait {
  return { ...wait, for: fill.line(wait.for), resume: fill.line(wait.resume) };
}

function stands({ when }: { when?: Condition | undefined }, settings: FlowSettings): boolean {
  const setting = when?.setting;
  return (
    setting === undefined ||
    (Object.entries(settings).find(([id]) => id === setting.id)?.[1] ?? false) === setting.is
  );
}

/** Where a target leads among the steps that stand; undefined (the next step) where nothing stands after it. */
function targets(order: readonly string[], standing: ReadonlyMap<string, Step>) {
  return (id: string): string | undefined => {
    if (standing.has(id)) return id;
    const from = order.indexOf(id);
    return order.slice(from + 1).find((later) => standing.get(later)?.detour === false);
  };
}
