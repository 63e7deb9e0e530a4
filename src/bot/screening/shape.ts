import { isHarmless } from './harmless.ts';

/** How passwords, PINs and codes look. */

const mixed = (word: string) => /\d/.test(word) && /[A-Za-z]/.test(word);

function kinds(word: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(word)).length;
}

/** Looks like a good password: three kinds of characters, one of them a digit or a sign that sentences do not have. */
function strong(word: string): boolean {
  return (
    word.length >= 8 &&
    kinds(word) >= 3 &&
    /[A-Za-z]/.test(word) &&
    (/\d/.test(word) || /[^A-Za-z0-9'’‘“”.,:;!?()"/…–—-]/.test(word))
  );
}

/** A word that is made like a secret, wherever in a sentence it stands. */
export function madeLikeASecret(word: string): boolean {
  if (word.length >= 6 && mixed(word)) return true;
  // Groups of capitals; words joined to a phrase by hyphens, capitals or signs.
  if (/^[A-Z]{3,6}(-[A-Z]{3,6}){2,}$/.test(word)) return true;
  if (/^[a-z]{3,}([-_.+][a-z]{3,}){3,}$/i.test(word)) return true;
  if (/^([A-Z][a-z]{2,}){4,}$/.test(word)) return true;
  if (/^[A-Za-z0-9]+([!#$%^*=~@][A-Za-z0-9]+){2,}$/.test(word)) return true;
  return strong(word);
}

/** A word that is the whole text, and would be harmless in a sentence. */
export function oddAlone(word: string): boolean {
  if (isHarmless(word)) return false;
  if (/^\d{4,}$/.test(word) || madeLikeASecret(word)) return true;
  if (/^([A-Z][a-z]{2,}){3,}$/.test(word)) return true;
  return word.length >= 6 && /[A-Za-z0-9][^\w\s'’.,:;?!/-]+[A-Za-z0-9]/.test(word);
}

/** Digits in groups, as PINs are read out, or a code in groups, also when a line ends within it. */
export function madeLikeOneTogether(words: readonly string[]): boolean {
  return (
    runs(words, (word) => /^\d[\d-]*$/.test(word)).some(
      (run) => run.join('').replace(/\D/g, '').length >= 4,
    ) ||
    runs(words, (word) => /^[A-Z0-9]{3,8}$/.test(word)).some(
      (run) => run.length > 1 && mixed(run.join('')),
    ) ||
    runs(words, (word) => /^[a-z0-9]{3,8}$/i.test(word) && mixed(word)).some((run) => run.length > 1)
  );
}

/** The words next to each other that are of this kind. */
function runs(words: readonly string[], isOne: (word: string) => boolean): string[][] {
  const found: string[][] = [[]];
  for (const word of words) {
    if (isOne(word)) found.at(-1)?.push(word);
    else if (found.at(-1)?.length !== 0) found.push([]);
  }
  return found.filter((run) => run.length > 0);
}
