import type { FlowDocument } from '../flow.ts';
import type { Finding } from './finding.ts';
import { allAnswers, allSteps } from './parts.ts';

/** An answer does one thing, and a step asks one way. */
export function checkAnswers(document: FlowDocument): Finding[] {
  return [
    ...allAnswers(document).flatMap(({ it, path }) => {
      const does = (['to', 'problem', 'wait'] as const).filter((key) => it[key] !== undefined);
      if (does.length > 1)
        return [{ path, message: `this answer has ${does.join(' and ')}: write only one of them` }];
      if (it.problem !== undefined && it.escalate !== undefined)
        return [
          {
            path: [...path, 'escalate'],
            message: 'the problem has its own reason to escalate: leave this one out',
          },
        ];
      return [];
    }),
    ...allSteps(document)
      .filter(({ it }) => it.ask && it.answers.length > 0)
      .map(({ path }) => ({
        path: [...path, 'answers'],
        message: 'this step asks for a date: write either "ask" or "answers"',
      })),
  ];
}
