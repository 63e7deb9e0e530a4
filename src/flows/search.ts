import MiniSearch, { type SearchResult } from 'minisearch';
import type { Flow } from './compiled.ts';
import type { Problem } from './flow.ts';
import { holds, type OpenIssues } from './journey/graph.ts';
import { toPlainText } from './markdown.ts';

/** How many problems are offered at most: more would not be read. */
const most = 3;
/** Of the best hit's score; what is below was found by chance. */
const worth = 0.35;
/** A word that resembles another by chance is not enough. */
const least = 3;
/** "Hello" is no question about Windows Hello. */
const greeting = /^\W*(hi|hello|hey|good (morning|day|afternoon|evening)|thanks?( you)?)\W*$/i;
/** Nobody describes a problem at greater length; a pasted file must not cost more. */
const longest = 500;

const indexes = new WeakMap<Flow, MiniSearch>();

/**
 * The problems that a sentence may be about: first those of the step, then any other, the best first, at most three;
 * none where nothing fits. Typing errors are forgiven.
 */
export function findProblems(flow: Flow, stepId: string, text: string, openIssues: OpenIssues): Problem[] {
  if (greeting.test(text.slice(0, longest))) return [];
  const here = new Set((flow.byId.get(stepId)?.problems ?? []).map((p) => p.id));
  const hits = indexOf(flow).search(text.slice(0, longest), {
    boostDocument: (id) => (here.has(String(id)) ? 1.5 : 1),
    filter: ({ id }) => holds(flow.problemById.get(String(id))?.when, openIssues),
  });
  const enough = Math.max(least, (hits[0]?.score ?? 0) * worth);
  const good = hits.filter((hit) => hit.score >= enough && isNamed(hit)).map((hit) => String(hit.id));
  return [...good.filter((id) => here.has(id)), ...good.filter((id) => !here.has(id))]
    .slice(0, most)
    .flatMap((id) => flow.problemById.get(id) ?? []);
}

/** Whether a word of the symptom or its keywords was said; the help text by itself shares words with anything. */
function isNamed(hit: SearchResult): boolean {
  return Object.values(hit.match).some((fields) => fields.some((field) => field !== 'help'));
}

function indexOf(flow: Flow): MiniSearch {
  const known = indexes.get(flow);
  if (known) return known;
  const made = new MiniSearch({
    fields: ['symptom', 'keywords', 'help'],
    processTerm: significant,
    searchOptions: {
      boost: { symptom: 3, keywords: 2 },
      fuzzy: (term) => (term.length > 5 ? 0.3 : term.length > 4 ? 0.2 : false),
      prefix: (term) => term.length > 3,
    },
  });
  for (const p of flow.problemById.values())
    made.add({ id: p.id, symptom: p.symptom, keywords: p.keywords.join(' '), help: toPlainText(p.help) });
  indexes.set(flow, made);
  return made;
}

/** Words that say nothing about a problem, without apostrophes. */
const filling = new Set(
  `a about all am an and any are as at be been but by can cant could did didnt do does doesnt doing dont for from get
  gets got had has have havent help here how i if ill im in into is isnt it its ive just keep keeps let like me my
  no not now of on one or our please problem see so some still that the their them then there these they thing this to
  too try trying up us very want was we were what when where which who why will with wont would you your`.split(
    /\s+/,
  ),
);

function significant(term: string): string | null {
  const word = term.toLowerCase().replace(/['’]/g, '');
  return word.length < 2 || filling.has(word) ? null : word;
}
