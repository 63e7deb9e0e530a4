import MiniSearch from 'minisearch';
import type { Flow } from './compiled.ts';
import type { Problem } from './flow.ts';
import { holds, type OpenIssues, problemsOf } from './journey/graph.ts';

/** How many guesses are worth reading. */
const best = 3;

const indexes = new WeakMap<Flow, MiniSearch>();

function indexOf(flow: Flow): MiniSearch {
  const known = indexes.get(flow);
  if (known) return known;
  const index = new MiniSearch({
    fields: ['symptom', 'keywords', 'help'],
    searchOptions: { boost: { symptom: 3, keywords: 3 }, fuzzy: 0.2, prefix: (term) => term.length > 3 },
  });
  for (const problem of flow.problemById.values())
    index.add({
      id: problem.id,
      symptom: problem.symptom,
      keywords: problem.keywords.join(' '),
      help: problem.help,
    });
  indexes.set(flow, index);
  return index;
}

/** The problems that a free text may mean: those of the person's own step first, three at the most. */
export function findProblems(flow: Flow, stepId: string, text: string, openIssues: OpenIssues): Problem[] {
  const step = flow.byId.get(stepId);
  const near = new Set(step ? problemsOf(flow, step, openIssues).map((problem) => problem.id) : []);
  const hits = indexOf(flow)
    .search(text)
    .flatMap((hit) => {
      const problem = flow.problemById.get(String(hit.id));
      return problem && holds(problem.when, openIssues) ? [{ problem, score: hit.score }] : [];
    });
  const strongest = hits[0]?.score ?? 0;
  // A far weaker hit shares a stray word only; three guesses of which two are noise help nobody.
  const fair = hits.filter((hit) => hit.score >= strongest / 4).map((hit) => hit.problem);
  return [...fair.filter((p) => near.has(p.id)), ...fair.filter((p) => !near.has(p.id))].slice(0, best);
}
