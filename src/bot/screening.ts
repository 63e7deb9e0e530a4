import { suspects, wordsOf } from './screening/harmless.ts';
import { isPassphrase } from './screening/passphrase.ts';
import { madeLikeASecret, madeLikeOneTogether, oddAlone } from './screening/shape.ts';
import { isTold } from './screening/told.ts';

/**
 * Whether a text may hold a password, PIN or activation code: decided in memory, before anything is stored. It would
 * rather withhold a harmless text than keep a secret: the person is told, and nothing is lost but a typed line.
 * The formats of IdenTrust's codes are not known, so this goes by what is said and by how secrets look. A secret that
 * is one plain word, typed with nothing about it, looks like any other word: that is why the steps where secrets are
 * handled keep nothing at all.
 */
export function maybeSecret(text: string): boolean {
  const lines = text.split(/\r?\n|\r/);
  if (isTold(text) || lines.some(isPassphrase)) return true;
  const words = wordsOf(text);
  const [only] = words;
  if (words.length === 1 && only !== undefined && oddAlone(only)) return true;
  const left = suspects(words);
  return left.some(madeLikeASecret) || madeLikeOneTogether(left);
}
