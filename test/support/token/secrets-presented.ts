/**
 * The commands of a card's log (hex) that present a secret to it, or use or change a key: what the agent never sends.
 * A VERIFY without data only asks how many tries are left.
 */
export function secretsPresented(log: readonly string[]): readonly string[] {
  const presents = (apdu: string) => /^..(20|24|2c)/.test(apdu) && apdu.length > 10;
  const uses = (apdu: string) => /^..(22|2a|47|82|87|88|db)/.test(apdu);
  return log.filter((apdu) => presents(apdu) || uses(apdu));
}
