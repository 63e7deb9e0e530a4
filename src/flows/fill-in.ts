import type { Answer, FlowDocument, Picture, Problem, Step, Wait } from './flow.ts';
import { type Filler, type FlowValues, filler } from './values.ts';

/** The document with each `{{value}}` in its place. */
export function fillIn(document: FlowDocument, values: FlowValues): FlowDocument {
  const fill = filler(values);
  return {
    ...document,
    title: fill.line(document.title),
    sections: document.sections.map((section) => ({
      ...section,
      title: fill.line(section.title),
      steps: section.steps.map((s) => fillStep(s, fill)),
    })),
    problems: document.problems.map((p) => fillProblem(p, fill)),
    end: {
      ...fillPicture(document.end, fill),
      title: fill.line(document.end.title),
      body: fill.prose(document.end.body),
    },
  };
}

function fillStep(step: Step, fill: Filler): Step {
  const { ask } = step;
  return {
    ...fillPicture(step, fill),
    title: fill.line(step.title),
    body: fill.prose(step.body),
    done: fill.line(step.done),
    answers: step.answers.map((a) => fillAnswer(a, fill)),
    identity: step.identity && {
      ...step.identity,
      yes: fill.line(step.identity.yes),
      no: fill.line(step.identity.no),
    },
    ask: ask && { ...ask, label: fill.line(ask.label), unknown: fill.line(ask.unknown) },
    problems: step.problems.map((p) => fillProblem(p, fill)),
  };
}

function fillAnswer(answer: Answer, fill: Filler): Answer {
  return { ...fillWait(answer, fill), label: fill.line(answer.label) };
}

function fillProblem(problem: Problem, fill: Filler): Problem {
  const filled = fillPicture(fillWait(problem, fill), fill);
  return { ...filled, symptom: fill.line(problem.symptom), help: fill.prose(problem.help) };
}

function fillWait<T extends { wait?: Wait | undefined }>(of: T, fill: Filler): T {
  const { wait } = of;
  return { ...of, wait: wait && { ...wait, for: fill.line(wait.for), resume: fill.line(wait.resume) } };
}

function fillPicture<T extends { picture?: Picture | undefined }>(of: T, fill: Filler): T {
  return { ...of, picture: of.picture && { ...of.picture, alt: fill.line(of.picture.alt) } };
}
