import { z } from 'zod';
import { setKnownIssue } from '../../store/known-issues.ts';
import { DeskProblem } from '../problem.ts';
import { describeIssue, describeIssues } from '../queries/known-issues.ts';
import * as wire from '../wire.ts';
import { type Api, answers, type RouteParts } from './shapes.ts';

export interface KnownIssueParts extends RouteParts {
  /** A known issue was opened or closed: whoever stands at its steps is moved. */
  issueChanged(id: string): Promise<void>;
}

/** Known issues: steps refer to them, staff open and close them. */
export function knownIssueRoutes(app: Api, parts: KnownIssueParts): void {
  const { prisma, clock, guard } = parts;

  app.get(
    '/known-issues',
    {
      schema: {
        tags: ['known issues'],
        operationId: 'listKnownIssues',
        summary: 'Known issues, open and closed',
        response: answers(wire.knownIssues),
      },
    },
    async () => ({ asOf: clock().toISOString(), items: await describeIssues(parts) }),
  );

  app.post(
    '/known-issues/:id',
    {
      schema: {
        tags: ['known issues'],
        operationId: 'setKnownIssue',
        summary: 'Open or close a known issue: people at its steps are moved and told',
        params: z.object({ id: z.string().max(48) }),
        body: z.strictObject({ open: z.boolean() }),
        response: answers(wire.knownIssue, 403, 404),
      },
    },
    async (request) => {
      const { id } = request.params;
      if (await setKnownIssue(prisma, id, request.body.open, guard.known(request).id, clock()))
        await parts.issueChanged(id);
      const row = await prisma.knownIssue.findUnique({ where: { id } });
      if (!row) throw new DeskProblem('not-found', 'There is no known issue with this id.');
      return describeIssue(parts, row);
    },
  );
}
