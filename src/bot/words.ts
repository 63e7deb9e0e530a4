/** Words that can be typed at any time. */
export const employeeWords = [
  'start',
  'status',
  'back',
  'done',
  'stuck',
  'pause',
  'resume',
  'pair',
  'link',
  'unlink',
  'human',
  'privacy',
  'help',
] as const;
export const staffWords = ['desk', 'console'] as const;

export type Word = (typeof employeeWords)[number] | (typeof staffWords)[number];

/** Other ways people put them; kept few, since everything else is looked up among the problems. */
const synonyms: Readonly<Record<string, Word>> = {
  begin: 'start',
  hi: 'status',
  hello: 'status',
  'where am i': 'status',
  next: 'done',
  finished: 'done',
  ok: 'done',
  okay: 'done',
  "i'm stuck": 'stuck',
  'im stuck': 'stuck',
  'i am stuck': 'stuck',
  continue: 'resume',
  'help desk': 'human',
  helpdesk: 'human',
  agent: 'human',
  person: 'human',
  '?': 'help',
};

const words: ReadonlySet<string> = new Set([...employeeWords, ...staffWords]);

function isWord(text: string): text is Word {
  return words.has(text);
}

/** The word that a text is, or null. Capitals, a slash or full stop around it do not matter. */
export function wordIn(text: string): Word | null {
  if (text.length > 40) return null;
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/^\//, '')
    .replace(/(?<=\S)[.!\s]+$/, '');
  if (isWord(plain)) return plain;
  return Object.hasOwn(synonyms, plain) ? (synonyms[plain] ?? null) : null;
}
