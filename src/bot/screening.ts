/**
 * Finds what may be a password, PIN or activation code in a text, in memory, before anything is stored. It would
 * rather withhold a harmless text than keep a secret: the person is told, and nothing is lost but a typed line.
 * The formats of IdenTrust's codes are not known, so this goes by how secrets look, not by what they are.
 */

const named = /\b(pass\s?(word|code|phrase)s?|pwd|pin|activation(\s+code)?|code|secret)\b/i;

/** "My password is …", "PIN: …", "code = …": whatever follows is withheld with it. */
const told =
  /\b(pass\s?(?:word|code|phrase)|pwd|pin|(?:activation\s+)?code|secret)\b(?:\s+(?:number|i\s+use|i\s+set|for\s+\w+))?\s*(?:is|was|are|=|:|-|–)\s*["'“]?\s*(\S+)/i;

/** Words that follow "my password is" without being one: "is wrong", "is not accepted", "was refused". */
const notASecret =
  /^(not|n't|wrong|incorrect|invalid|refused|rejected|denied|expired|missing|required|asked|being|the|a|an|too|in|on|only|still|no|where|what|which|gone|lost|forgotten|unknown|used|already|never|from|for|to|it|this|that|different|locked|blocked|empty|accepted|working)\b/i;

const harmless = [
  /^(https?:\/\/|www\.)\S+$/i,
  /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/,
  /^[\w.-]+\.(com|org|net|gov|mil|us|msi|exe|pdf|zip|dll|png|jpe?g|cer|crt|p7b)(\/\S*)?$/i,
  /^v?\d+(\.\d+){1,3}$/,
  /^0x[0-9a-f]{8}$/i,
  /^\d{4}-\d{2}-\d{2}$/,
  /^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}$/,
  /^(windows|win|office|usb|opensc|server|build)[\s-]?[\w.-]{1,8}$/i,
];

function isHarmless(token: string): boolean {
  return harmless.some((pattern) => pattern.test(token));
}

function classes(token: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(token)).length;
}

/** One word that is made like a secret: digits alone, letters and digits mixed, groups joined by hyphens. */
function madeLikeASecret(token: string): boolean {
  if (isHarmless(token)) return false;
  if (/^\d{4,}$/.test(token)) return true;
  if (/^[A-Z0-9]{3,}([-_][A-Z0-9]{3,})+$/i.test(token) && /\d/.test(token)) return true;
  return token.length >= 6 && /\d/.test(token) && /[A-Za-z]/.test(token);
}

/** Looks like a good password even inside a sentence. */
function strong(token: string): boolean {
  if (isHarmless(token) || token.length < 8) return false;
  return (
    classes(token) >= 3 &&
    /[A-Za-z]/.test(token) &&
    (/\d/.test(token) || /[^A-Za-z0-9'’.,:;!?()"/-]/.test(token))
  );
}

/** Whether a text may hold a secret. */
export function maybeSecret(text: string): boolean {
  const trimmed = text.trim();
  const tokens = trimmed
    .split(/\s+/)
    .map((token) => token.replace(/^["'“(]+|["'”),.;:]+$/g, ''))
    .filter((token) => token !== '');
  if (tokens.length === 1) return madeLikeASecret(tokens[0] ?? '') || strong(trimmed) || symbols(trimmed);
  // Digits in groups, as codes and PINs are read out: "1234 5678".
  if (tokens.every((token) => /^[\d-]+$/.test(token)) && trimmed.replace(/\D/g, '').length >= 4) return true;
  const found = told.exec(trimmed);
  if (found?.[2] !== undefined && !notASecret.test(found[2])) return true;
  if (tokens.some(strong)) return true;
  return named.test(trimmed) && tokens.some((token) => madeLikeASecret(token) && !isHarmless(token));
}

/** A lone word of letters with symbols between them, such as "correct!horse#battery". */
function symbols(token: string): boolean {
  return token.length >= 6 && !isHarmless(token) && /[A-Za-z0-9][^\w\s'’.,:;?!/-]+[A-Za-z0-9]/.test(token);
}
