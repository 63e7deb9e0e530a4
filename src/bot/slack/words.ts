/** What Slack says by itself, without the engine: only where nothing could be saved, or where to go on. */
export const words = {
  pressAgain: 'I could not save that. Please press the button again.',
  commandAgain: 'I could not save that. Please send the command again.',
  formAgain: 'I could not save that. Please press the button below again.',
  pickFirst: 'Choose a date first, then press the button beside it.',
  formFailed: 'I could not open the form. Please press the button again.',
  inDirect: (address: string) => `Let us talk in a direct message: I am waiting for you <${address}|there>.`,
  answered: (address: string) => `I have answered you in our <${address}|direct message>.`,
};

/** Opens the direct conversation with the bot in the person's Slack. */
export function directAddress(team: string, bot: string): string {
  return `slack://user?team=${team}&id=${bot}`;
}
