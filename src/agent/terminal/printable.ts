/** Names come from a token or a server that anybody may have written: they must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '�');
}
