/** Characters of the two kinds of Slack text: plain, and mrkdwn where `&`, `<` and `>` are Slack's own. */

/** At most `max` UTF-16 units, ending in an ellipsis where something was cut; never half a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${whole(text.slice(0, max - 1)).trimEnd()}…`;
}

/** Without the first half of a character whose second half was cut off. */
function whole(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/** Text that Slack must show as it is: it can neither mention anybody nor make a link. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * What a person typed, from the way Slack sends it: links as `<address|typed>`, and `&`, `<`, `>` as entities.
 * Mentions stay in Slack's form.
 */
export function typedText(text: string): string {
  return text
    .replace(/<(?![@#!])([^<>|]+)(?:\|([^<>]*))?>/g, (_, address: string, shown?: string) => shown || address)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Pieces of at most `max` units, cut between words where that is possible. Together they are the text. */
export function* pieces(text: string, max: number): Generator<string> {
  let rest = text;
  while (rest.length > max) {
    const head = whole(rest.slice(0, max));
    const space = Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'));
    const cut = space > max / 2 ? space + 1 : head.length;
    yield rest.slice(0, cut);
    rest = rest.slice(cut);
  }
  if (rest !== '') yield rest;
}

/** Without control characters and broken halves of characters, which Slack refuses or swallows. */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose.
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '');
}
