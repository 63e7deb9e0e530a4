import type { FlowDocument, Step } from '../flow.ts';
import type { Finding } from './finding.ts';
import { allAnswers, allSteps, type Placed } from './parts.ts';

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
    ...allSteps(document).flatMap(proofs),
    ...allSteps(document)
      .filter(({ it }) => it.ask && it.answers.length > 0)
      .map(({ path }) => ({
        path: [...path, 'answers'],
        message: 'this step asks for a date: write either "ask" or "answers"',
      })),
  ];
}

/** What a computer proves stands for one answer, and that answer leads on. */
function proofs({ it, path }: Placed<Step>): Finding[] {
  const own = it.answers.flatMap((answer, i) => (answer.proven ? [{ answer, i }] : []));
  const said = (message: string, ...place: (string | number)[]) => [{ path: [...path, ...place], message }];
  const [first, second] = own;
  if (first && it.evidence.length === 0)
    return said(
      'nothing proves this answer: give the step "evidence", or leave "proven" out',
      'answers',
      first.i,
    );
  if (second) return said('the evidence gives one answer: let only one be "proven"', 'answers', second.i);
  if (first && (first.answer.problem !== undefined || first.answer.wait))
    return said('what is proven leads on: let this answer go to a step', 'answers', first.i);
  if (it.identity && !(first && it.evidence.includes('certificate')))
    return said(
      '"Is this you?" is about a certificate: add the evidence "certificate" and an answer that is "proven"',
      'identity',
    );
  return [];
}
