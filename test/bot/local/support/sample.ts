import type { Button, Message } from '../../../../src/bot/message.ts';

/** Messages such as the bot sends them. */

export function button(verb: string, label: string, style: Button['style'] = 'plain', arg?: string): Button {
  const action = { verb, about: 'j1', step: 'install', revision: 4, ...(arg !== undefined && { arg }) };
  return { action, label, style };
}

export const stepButtons = [
  button('done', 'Done', 'primary'),
  button('back', 'Back'),
  button('stuck', "I'm stuck", 'danger'),
  button('pause', 'Pause'),
];

export function step(n: number, title: string, parts: Partial<Message> = {}): Partial<Message> {
  const text = `Step ${n} of 18 · about 4 min`;
  return {
    summary: `${text}: ${title}`,
    tone: 'step',
    progress: { step: n, of: 18, text },
    title,
    body: `Do what **${title}** says.`,
    buttons: stepButtons,
    note: "From your company's guide · Install the software",
    ...parts,
  };
}

/** Every field that a message may have. */
export const everything = step(3, 'Download the installer', {
  finished: 'Step 2 · Sit down at a Windows computer',
  body: 'Open the [releases page](https://github.com/OpenSC/OpenSC/releases), find `OpenSC.msi`:\n\n1. Scroll to **Assets**.\n2. Click the *right* file.',
  picture: { file: 'fields.png', alt: 'Two fields: the activation code above, the password below' },
  fields: [
    { label: 'Version', value: '0.27.1' },
    { label: 'File', value: 'OpenSC-0.27.1_x64.msi' },
  ],
  choices: {
    prompt: 'What do you see?',
    options: [
      button('answer', 'A list of files', 'plain', 'list'),
      button('answer', 'An error', 'danger', 'error'),
    ],
  },
  input: {
    kind: 'date',
    label: 'Date of the signature',
    max: '2026-03-02',
    submit: 'Use this date',
    action: button('signed-on', 'x').action,
  },
});
