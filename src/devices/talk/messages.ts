import type { Button, Message } from '../../bot/message.ts';

/** What the chat says about paired computers. What a computer tells of itself is shown as plain text only. */

const info = (summary: string, body: string, more: Partial<Message> = {}): Message => ({
  summary,
  tone: 'info',
  body,
  fields: [],
  buttons: [],
  ...more,
});

/** A computer's own words without anything that would be more than words in a chat; at most `most` characters. */
export function plain(text: string, most = 60): string {
  const words = text
    .replace(/[^\p{L}\p{N}\p{P}\p{Zs}+=$^]/gu, ' ')
    .replace(/[*_`~[\]<>|\\#]/g, ' ')
    // A chat makes a link of whatever looks like one.
    .replaceAll('//', ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.slice(0, most) || 'unknown';
}

const button = (
  verb: string,
  label: string,
  about: string,
  style: Button['style'],
  arg?: string,
): Button => ({
  action: { verb, about, ...(arg !== undefined && { arg }) },
  label: label.slice(0, 75),
  style,
});

const pairAgain: Button = { action: { verb: 'word', arg: 'pair' }, label: 'New code', style: 'primary' };

/** @param code as `showCode` writes it */
export function codeToType(pairing: string, code: string, server: string): Message {
  return info(
    `Your pairing code is ${code}. It is good for 10 minutes.`,
    [
      `Run the ecadesk agent **on your own Windows computer**, in the account you work in, and give it this code:`,
      `\`eca-agent pair ${code} --server ${server}\``,
      'If the agent is not on that computer yet, the help desk can tell you where to get it. It then shows whose account it joins, and a number that I will ask you for.',
    ].join('\n\n'),
    {
      title: `Your code: ${code}`,
      buttons: [button('pair-cancel', 'Cancel', pairing, 'plain')],
      note: 'Good for 10 minutes, once. Type it at your own computer only; nobody of the help desk will ever ask you for it.',
    },
  );
}

/** What is left of the code. */
export const codeUsed = () => info('Your pairing code was used.', 'Your pairing code was used.');

export interface Computer {
  hostname: string;
  account: string;
  system: string;
}

export function whichNumber(pairing: string, computer: Computer & { choices: readonly string[] }): Message {
  const { hostname, account, system } = computer;
  const choice = (number: string) => button('pair-number', number, pairing, 'plain', number);
  return info(
    `Pair ${hostname} (account ${account}), ${system}? Choose the number that it shows.`,
    'A computer wants to be paired with you. **Which number does it show?**',
    {
      title: `Pair ${hostname}?`,
      fields: [
        { label: 'Computer', value: hostname },
        { label: 'Account', value: account },
        { label: 'System', value: system },
      ],
      choices: {
        prompt: 'Which number does it show?',
        options: [
          ...computer.choices.map(choice),
          button('pair-number', 'None of these / not me', pairing, 'danger', 'none'),
        ],
      },
      note: 'Choose a number only when you sit at this computer yourself.',
    },
  );
}

/** What is left of the question. */
export const answered = (hostname: string) => info(`Paired: ${hostname}`, `Paired: ${hostname}`);
export const notPaired = () => info('Not paired.', 'This computer was not paired.', { buttons: [pairAgain] });

export const wrongNumber = () =>
  info(
    'That was not the number, so nothing was paired.',
    'That was **not the number** on the computer, so nothing was paired. If it was a slip, take a new code and try again. If you did not start this, somebody else typed your code: it is worth nothing now.',
    { tone: 'warning', buttons: [pairAgain] },
  );
export const notMe = () =>
  info(
    'Nothing was paired.',
    'Nothing was paired, and the code is worth nothing now. **If you gave your code to somebody, tell the help desk.**',
    {
      tone: 'warning',
      buttons: [
        pairAgain,
        { action: { verb: 'word', arg: 'human' }, label: 'Ask the help desk', style: 'plain' },
      ],
    },
  );
export const cancelled = () =>
  info('Cancelled.', 'Cancelled: the code is worth nothing now.', { buttons: [pairAgain] });
export const over = () =>
  info('This pairing is over.', 'This pairing is over. Take a new code to try again.', {
    buttons: [pairAgain],
  });
export const expired = () =>
  info('The 10 minutes are over.', 'The 10 minutes are over, so nothing was paired.', {
    buttons: [pairAgain],
  });
export const left = ({ hostname }: Computer) =>
  info(
    `${hostname} was not paired.`,
    `Somebody at ${hostname} said no or went away, so nothing was paired.`,
    { buttons: [pairAgain] },
  );
export const guessed = () =>
  info(
    'Your pairing code was typed wrongly five times.',
    'Your pairing code was typed wrongly five times, so it is **worth nothing now**. Take a new one and copy it exactly.',
    { tone: 'warning', buttons: [pairAgain] },
  );
export const journeyOver = () =>
  info('You are done.', 'You are done, so there is nothing left for a computer to do.');
export const notYours = () =>
  info('Pairing is for your own conversation.', 'Write **pair** to me in our direct conversation.');

export type State = { is: 'connected' } | { is: 'offline'; since: Date | null } | { is: 'disabled' };

const stateWords = (state: State): string => {
  if (state.is === 'connected') return 'Connected';
  if (state.is === 'disabled') return 'Switched off at the computer';
  return state.since === null
    ? 'Not connected yet'
    : `Offline since ${state.since.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
};

export function pairedWith(device: string, computer: Computer, state: State): Message {
  const { hostname, account, system } = computer;
  return info(`${hostname} is paired with you.`, 'This computer is paired with you, until you are done.', {
    title: `Paired: ${hostname}`,
    fields: [
      { label: 'Computer', value: hostname },
      { label: 'Account', value: account },
      { label: 'System', value: system },
      { label: 'State', value: stateWords(state) },
    ],
    buttons: [
      {
        ...button('unpair', 'Unpair', device, 'danger'),
        confirm: {
          title: 'Unpair this computer?',
          text: 'It can then no longer do or confirm steps for you. You can pair one again at any time.',
          yes: 'Unpair',
          no: 'Keep it',
        },
      },
    ],
  });
}

export const noLonger = () =>
  info('This computer is not paired any more.', 'This computer is not paired any more.', {
    buttons: [{ ...pairAgain, label: 'Pair a computer' }],
  });
