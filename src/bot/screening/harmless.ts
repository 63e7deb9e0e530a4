/** What people write of their computer that is made like a secret and is none. */

const units =
  'bit|bits|days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|weeks?|months?|years?|am|pm|st|nd|rd|th|gb|mb|kb|times?|x|steps?|factor|digits?|characters?|inch|way|pin|eyes?';
const products =
  'windows|win|office|outlook|usb|usb-?[ac]|opensc|server|build|version|ver|chrome|firefox|edge|java|sha|rsa|aes|tls|pkcs|x|kb|cve|row|page|step|screen|monitor|port|gate|room|building|floor|latitude|precision|optiplex|thinkpad|elitebook|probook|surface|winserver|rhel|ubuntu|ie';
const files =
  'com|org|net|gov|mil|edu|us|msi|exe|pdf|zip|dll|png|jpe?g|cer|crt|p7b|p12|pfx|pem|txt|log|docx?|xlsx?|html?|lnk';

const harmless = [
  // Addresses of the web and of e-mail, files, folders.
  /^(https?:\/\/|www\.)\S+$/i,
  /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/,
  new RegExp(`^[\\w.-]+\\.(${files})(/\\S*)?$`, 'i'),
  /^([a-z]:|\\|%\w+%)\\\S*$/i,
  // Versions and identifiers with dots, error numbers, dates, times.
  /^v?\d+(\.\d+){1,10}$/i,
  /^0x[0-9a-f]{8}$/i,
  /^\d{4}-\d{2}-\d{2}$/,
  /^\d{1,2}([/.-])(\d{1,2}|[a-z]{3})\1\d{2,4}$/i,
  /^\d{1,2}[:.]\d{2}([:.]\d{2})?([ap]m)?(-\d{1,2}([:.]\d{2})?([ap]m)?)?$/i,
  // A product with its number, a number with its unit, a ticket.
  new RegExp(`^(${products})[-_]?v?\\d[\\d.]{0,6}(/\\d[\\d.]{0,5})?([-_]bits?|[a-z])?$`, 'i'),
  new RegExp(`^\\d{1,4}-?(${units})$`, 'i'),
  /^x(86|64)([-_]\d\d)?$/i,
  /^\d\dh\d$/i,
  /^s\d{2}c?$/i,
  /^#?(inc|req|ritm|chg|tkt|task|case|ticket)-?\d{3,}$/i,
  // Keys pressed together, a way through menus, a choice.
  /^(ctrl|strg|control|alt|shift|win|windows|cmd|fn)(\+\w{1,9}){1,3}$/i,
  /^[a-z]+([>›→&/][a-z]+)+$/i,
];

export function isHarmless(word: string): boolean {
  return harmless.some((pattern) => pattern.test(word));
}

/** After these a number is no secret: "error 1603", "Windows 2019", "in 2026", "Latitude 5420". */
const numbered = new Set(
  `error errors err exit status event http result returns returned windows server office version build update release
  kb port room building floor ext extension ticket incident case latitude precision optiplex thinkpad elitebook probook
  surface step row page line january february march april may june july august september october november december jan
  feb mar apr jun jul aug sep sept oct nov dec`.split(/\s+/),
);
const beforeAYear = new Set('in since from until till of before after by year'.split(' '));

function isNumbered(word: string, before: string, beforeThat: string): boolean {
  if (!/^\d{1,7}$/.test(word)) return false;
  const last = before.toLowerCase();
  if (numbered.has(last) || (/^(code|number|no|id|#)$/.test(last) && numbered.has(beforeThat.toLowerCase())))
    return true;
  return /^(19|20)\d\d$/.test(word) && (beforeAYear.has(last) || /^\d{1,2}(st|nd|rd|th)?$/.test(last));
}

/** The words of a text, without the punctuation around them. */
export function wordsOf(text: string): string[] {
  return text
    .split(/\s+/)
    .map((word) => word.replace(/^["'“”‘’(<[]+|["'“”’)>\],.;:?-]+$/g, ''))
    .filter((word) => word !== '');
}

/** The same words; empty stands where one is known to be harmless. */
export function suspects(words: readonly string[]): string[] {
  return words.map((word, i) =>
    isHarmless(word) || (words.length > 1 && isNumbered(word, words[i - 1] ?? '', words[i - 2] ?? ''))
      ? ''
      : word,
  );
}
