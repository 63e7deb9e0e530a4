import type { FlowDocument } from '../flow.ts';
import type { Path } from '../path.ts';
import { builtInReasons } from '../reasons.ts';
import { settingNames } from '../values.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './nearest.ts';
import {
  allAnswers,
  allConditions,
  allPictures,
  allProblems,
  allSteps,
  type Placed,
  placed,
} from './parts.ts';

/** Every id is there once, and whatever is named is there. */
export function checkNames(document: FlowDocument, hasPicture: (file: string) => boolean): Finding[] {
  return [...duplicates(document), ...dangling(document), ...missingPictures(document, hasPicture)];
}

function duplicates(document: FlowDocument): Finding[] {
  return [
    ...twice('section', placed(document.sections, 'sections')),
    ...twice('step', allSteps(document)),
    ...allSteps(document).flatMap(({ it, path }) => twice('answer', placed(it.answers, ...path, 'answers'))),
    ...twice('problem', allProblems(document)),
    ...twice('issue', placed(document.issues, 'issues')),
  ];
}

function twice(kind: string, all: Placed<{ id: string }>[]): Finding[] {
  const seen = new Set<string>();
  return all.flatMap(({ it, path }) => {
    if (!seen.has(it.id)) {
      seen.add(it.id);
      return [];
    }
    return [{ path: [...path, 'id'], message: `the ${kind} "${it.id}" is there already: write another id` }];
  });
}

function dangling(document: FlowDocument): Finding[] {
  const steps = allSteps(document).map(({ it }) => it.id);
  const problems = allProblems(document).map(({ it }) => it.id);
  const issues = document.issues.map((issue) => issue.id);
  const reasons = [...Object.keys(document.reasons), ...Object.keys(builtInReasons)];
  const named = (
    kind: string,
    known: readonly string[],
    id: string | undefined,
    ...path: Path
  ): Finding[] => {
    if (id === undefined || known.includes(id)) return [];
    const hint = didYouMean(id, known) || `: write one of ${known.join(', ')}, or add it`;
    return [{ path, message: `there is no ${kind} "${id}"${hint}` }];
  };
  return [
    ...placed(document.issues, 'issues').flatMap(({ it, path }) =>
      named('reason', reasons, it.reason, ...path, 'reason'),
    ),
    ...allSteps(document).flatMap(({ it, path }) =>
      named('problem', problems, it.identity?.problem, ...path, 'identity', 'problem'),
    ),
    ...allAnswers(document).flatMap(({ it, path }) => [
      ...named('step', steps, it.to, ...path, 'to'),
      ...named('problem', problems, it.problem, ...path, 'problem'),
      ...named('reason', reasons, it.escalate, ...path, 'escalate'),
    ]),
    ...allProblems(document).flatMap(({ it, path }) => [
      ...named('step', steps, it.to, ...path, 'to'),
      ...named('reason', reasons, it.escalate, ...path, 'escalate'),
    ]),
    ...allConditions(document).flatMap(({ it, path }) => [
      ...named('issue', issues, it.issue?.id, ...path, 'issue', 'id'),
      ...named('setting', settingNames, it.setting?.id, ...path, 'setting', 'id'),
    ]),
  ];
}

function missingPictures(document: FlowDocument, has: (file: string) => boolean): Finding[] {
  return allPictures(document)
    .filter(({ it }) => !has(it.file))
    .map(({ it, path }) => ({
      path: [...path, 'file'],
      message: `there is no picture "${it.file}": put it into the folder "pictures" beside the document`,
    }));
}
