/** What stands in a log in place of a secret. */
export const censor = '[redacted]';

// Every repetition before the sure sign is bounded: a hostile line must not cost more than its length.
/** Names under which a secret may stand, in any object or text. `code` alone is not one: errors have codes. */
const secretName =
  '[\\w-]{0,32}(?:password|passwd|passphrase|passcode|secret|token|authorization|cookie|api[-_]?key|activation[-_ ]?code|signing[-_]?key)';
const pinName = '(?:[\\w-]{0,32}[-_])?pin|[a-z]{1,32}P(?:in|IN)';

const rules: readonly [RegExp, string][] = [
  // Slack's tokens; bearer and basic credentials; JSON web tokens; a user and password within an address.
  [/\b(?:xox[a-z]|xapp|xoxe\.xox[a-z])-[\w-]+/g, censor],
  [/\b(Bearer|Basic)\s+[\w~+/.=-]+/gi, `$1 ${censor}`],
  [/\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g, censor],
  [/(\w:\/\/)[^/\s"'@:]{1,128}:[^/\s"'@]{1,512}@/g, `$1${censor}@`],
  // "name":"value" in JSON, also in JSON within a JSON text (\"name\":\"value\").
  [
    new RegExp(`(\\\\{0,15}")(${secretName}|${pinName})\\1(\\s{0,4}:\\s{0,4})\\1.*?(?<!\\\\)\\1`, 'gi'),
    `$1$2$1$3$1${censor}$1`,
  ],
  // name=value and "name: value" in text and in query strings.
  [
    new RegExp(
      `\\b((?:${secretName}|${pinName})(?: is)?\\s{0,4}[=:]\\s{0,4})(?!\\[redacted\\])[^\\s"'\\\\&,;]+`,
      'gi',
    ),
    `$1${censor}`,
  ],
  [/\b(sign-?in\/?\?)[^\s"\\]+/gi, `$1${censor}`],
  [/(\/sign-?in\/)[^/\s"\\?]+/gi, `$1${censor}`],
  [/([?&](?:code|key|ticket|state|nonce|session_state)=)[^\s"\\&]+/gi, `$1${censor}`],
];

/**
 * Takes secrets out of a line of a log: whatever looks like one, and each of `known` wherever it stands.
 * The last of three nets: nothing should log a secret, and known paths are left out before this.
 */
export function redactor(known: readonly string[]): (line: string) => string {
  // A very short one would tear words apart; those are caught by the name they stand under.
  const exact = [...new Set(known.flatMap(spellings))].filter((secret) => secret.length >= 6);
  exact.sort((a, b) => b.length - a.length);
  return (line) => {
    const without = exact.reduce((text, secret) => text.replaceAll(secret, censor), line);
    return rules.reduce((text, [pattern, instead]) => text.replace(pattern, instead), without);
  };
}

/** A secret as it is, as JSON writes it, and as an address does. */
function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}
