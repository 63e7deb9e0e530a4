import type { Answer, Condition, FlowDocument, Picture, Problem, Step, Wait } from '../flow.ts';
import type { Path } from '../path.ts';

/** The parts of a document, each with the path that leads to it. */
export interface Placed<T> {
  it: T;
  path: Path;
}

export function placed<T>(list: readonly T[], ...path: Path): Placed<T>[] {
  return list.map((it, i) => ({ it, path: [...path, i] }));
}

export function allSteps(document: FlowDocument): Placed<Step>[] {
  return document.sections.flatMap((section, i) => placed(section.steps, 'sections', i, 'steps'));
}

export function allAnswers(document: FlowDocument): Placed<Answer>[] {
  return allSteps(document).flatMap(({ it, path }) => placed(it.answers, ...path, 'answers'));
}

export function allProblems(document: FlowDocument): Placed<Problem>[] {
  const ofSteps = allSteps(document).flatMap(({ it, path }) => placed(it.problems, ...path, 'problems'));
  return [...ofSteps, ...placed(document.problems, 'problems')];
}

export function allConditions(document: FlowDocument): Placed<Condition>[] {
  const all = [...allSteps(document), ...allAnswers(document), ...allProblems(document)];
  return all.flatMap(({ it, path }) => (it.when ? [{ it: it.when, path: [...path, 'when'] }] : []));
}

export function allPictures(document: FlowDocument): Placed<Picture>[] {
  const all = [...allSteps(document), ...allProblems(document), { it: document.end, path: ['end'] }];
  return all.flatMap(({ it, path }) => (it.picture ? [{ it: it.picture, path: [...path, 'picture'] }] : []));
}

export function allWaits(document: FlowDocument): Placed<Wait>[] {
  const all = [...allAnswers(document), ...allProblems(document)];
  return all.flatMap(({ it, path }) => (it.wait ? [{ it: it.wait, path: [...path, 'wait'] }] : []));
}

/** A text that people read, and the most characters that every channel takes of it. */
export interface Text {
  text: string;
  path: Path;
  prose: boolean;
  most: number;
  /** What has this limit. */
  limit: string;
}

export function allTexts(document: FlowDocument): Text[] {
  return [
    heading(document.title, 'title'),
    ...document.sections.map((s, i) => heading(s.title, 'sections', i, 'title')),
    ...allSteps(document).flatMap(({ it, path }) => [
      heading(it.title, ...path, 'title'),
      prose(it.body, ...path, 'body'),
      button(it.done, ...path, 'done'),
      ...(it.ask ? [button(it.ask.label, ...path, 'ask', 'label')] : []),
      ...(it.ask ? [button(it.ask.unknown, ...path, 'ask', 'unknown')] : []),
      ...(it.identity ? [button(it.identity.yes, ...path, 'identity', 'yes')] : []),
      ...(it.identity ? [button(it.identity.no, ...path, 'identity', 'no')] : []),
    ]),
    ...allAnswers(document).map(({ it, path }) => button(it.label, ...path, 'label')),
    ...allProblems(document).flatMap(({ it, path }) => [
      button(it.symptom, ...path, 'symptom'),
      prose(it.help, ...path, 'help'),
    ]),
    ...allWaits(document).flatMap(({ it, path }) => [
      heading(it.for, ...path, 'for'),
      button(it.resume, ...path, 'resume'),
    ]),
    ...allPictures(document).map(({ it, path }) => alternative(it.alt, ...path, 'alt')),
    heading(document.end.title, 'end', 'title'),
    prose(document.end.body, 'end', 'body'),
  ];
}

function prose(text: string, ...path: Path): Text {
  return { text, path, prose: true, most: 3000, limit: "Slack's text of a section" };
}

function heading(text: string, ...path: Path): Text {
  return { text, path, prose: false, most: 150, limit: "Slack's header" };
}

function button(text: string, ...path: Path): Text {
  return { text, path, prose: false, most: 75, limit: "Slack's button" };
}

function alternative(text: string, ...path: Path): Text {
  return { text, path, prose: false, most: 2000, limit: "Slack's alternative text" };
}
