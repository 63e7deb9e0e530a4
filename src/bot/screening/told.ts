/** Texts that tell a secret: "my password is …", "PIN: …", "… is my code". */

const code =
  '(?<!\\b(?:error|exit|status|result|return|zip|post|postal|area|country|qr|bar|source|dress)[\\s-])code';
const name = `\\b(?:pass\\s?(?:words?|codes?|phrases?)|passwd|pass|pwd|pw|pin(?:\\s+(?:number|code))?|puk|otp|(?:activation|security|access|verification|one-time|unlock)\\s+code|${code}|secret|security\\s+answers?|maiden\\s+name)\\b`;

/** What follows the name without being the secret: "is wrong", "is not accepted", "was refused", "field", "reset". */
const other =
  `a about accepted after again all already also always an and another any are asked at back bad be because been before being
  blank blocked box but by can cannot cant case-sensitive change changed cleared correctly denied did didn didnt different disabled do does doesn doesnt dont each empty enter entered entry error everywhere exactly expired expires fail failed
  fails field fields fine first for forgot forgotten from gone good greyed grey has have help here hidden how i if in
  incorrect incorrectly invalid is isn isnt it its just known known late later link locked long lost manager me mine meant missing my
  n't necessary needed never new no not nothing now of off ok okay old on once one only or other our out outdated over page part please policy
  prompt problem question refused rejected removed required reset right rules said same saved says sent set shown since so
  somewhere still stored that the their them then there these they this those to too twice typed unavailable unknown until up
  used useless valid very was wasn wasnt we were what when where which who why will with without wont working works wrong yet you
  your`
    .split(/\s+/)
    // "my password is correct, but …"; "my password is correct horse" goes on.
    .concat('correct(?= ?(?:$|\\n|[.,;:!?]|(?:but|and|so|i|it|now|because)\\b))')
    .join('|');
const secret = `["'“‘(]*(?!(?:${other})(?:[\\s.,;:!?)"'”’…]|$))\\S+`;

const patterns = [
  // "my password is swordfish", "PIN = zebra", "the passphrase that I chose when I applied was …".
  `${name}(?:\\s+(?:i|we|that|which|for|from|of)(?:\\s+[\\w'’-]+){0,8}?)?\\s*(?:\\s(?:is|was|are|were)\\b|=|:|\\s[-–—]\\s|→)\\s*${secret}`,
  // "swordfish is my password": not "what is the code", "this field is the password".
  `(?:^|[ \\n])(?!(?:what|whats|where|which|this|that|it|here|there|who|how|when|why|such|field|fields|one|box|line|number|first|second|problem|issue|question|trouble|thing|point|same) )\\S+ (?:is|was) (?:my|our|the) (?:\\w+ )?${name}(?! (?:field|page|box|problem|prompt|the|i|that|from|for))`,
  // "I typed swordfish as my password": not "I used it as …".
  `\\b(?:typed?|entere?d?|used?|using|tried|try|put|chose|set) ["'“‘]?(?!(?:it|this|that|these|something|nothing|anything|what|mine|one) )\\S+ (?:as|for) (?:my|the|a) (?:\\w+ )?${name}`,
  // A line of two words, or the name at the end of one line and a word alone on the next.
  `(?:^|\\n) ?(?:my |the )?${name} ${secret} ?(?=\\n|$)`,
  `${name} ?[:=]? ?\\n${secret} ?(?=\\n|$)`,
  // A name with something short of letters and digits near it: "code QX7T".
  `${name}[^.\\n]{0,40} (?=\\w*\\d)(?=\\w*[a-z])(?!(?:usb|win|windows|s)\\d)\\w{4,}\\b`,
].map((source) => new RegExp(source, 'i'));

/** Spaces count as one, so that no pattern takes longer than the text is long. */
const even = (text: string) => text.replace(/[^\S\n]+/g, ' ').replace(/\s*\n\s*/g, '\n');

/** Whether a text says itself that a secret is in it. */
export function isTold(text: string): boolean {
  const said = even(text);
  return patterns.some((pattern) => pattern.test(said));
}
