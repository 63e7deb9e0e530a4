import type { Problem } from '../../flows/flow.ts';
import type { Message } from '../message.ts';
import { type Maker, wordButton } from './buttons.ts';
import type { House } from './house.ts';

/** What the bot says to things that do not move the journey. */

function info(summary: string, body: string, more: Partial<Message> = {}): Message {
  return { summary, tone: 'info', body, fields: [], buttons: [], ...more };
}

export function helpText(house: House): Message {
  const words = [
    '**start**, **status**: show where you are',
    '**done**, **back**: one step forward or back',
    '**stuck**: tell me what is in the way',
    '**pause**, **resume**: stop the reminders, go on',
    ...(house.agent.mode !== 'off' ? ['**pair**: let your Windows computer do and confirm steps'] : []),
    '**link**: go on in another chat; **unlink**: part them again',
    '**human**: ask the help desk',
    '**privacy**: what I keep',
  ];
  const contact = house.contact
    ? `\n\nThe help desk: ${house.contact}${house.hours ? `, ${house.hours}` : ''}.`
    : '';
  return info(
    'Words you can type at any time.',
    `Press the buttons, or type one of these at any time:\n\n${words.map((w) => `- ${w}`).join('\n')}${contact}`,
    {
      title: 'How this works',
      buttons: [wordButton('status', 'Where am I?', 'primary'), wordButton('human', 'Ask the help desk')],
    },
  );
}

export function privacyText(): Message {
  return info(
    'What I keep, and what I never keep.',
    [
      'I keep **which step you are at**, when you finished steps, which problems you chose, and short texts you write to me, so that the help desk can help you without asking twice.',
      'I never ask for a **password, PIN or activation code**. If you type something that looks like one, I do not store it, and I tell you to delete it.',
      'If you **link** two chats, I keep that both are yours, and the help desk sees both. Type **unlink** in one of them to part them again.',
      'I never open files or screenshots.',
    ].join('\n\n'),
    { title: 'Your privacy' },
  );
}

/** The typed text was not stored: here is why, and what to do now. */
export function withheld(where: 'secret-step' | 'looks-secret'): Message {
  const why =
    where === 'secret-step'
      ? 'You are at a step where people type passwords and codes, so I keep nothing that is typed here.'
      : 'It looked like a password, PIN or activation code, so I did not keep it.';
  return {
    summary: 'Please delete your last message. I did not keep it.',
    tone: 'warning',
    title: 'Please delete your last message',
    body: `${why} **If you still see it in this chat, delete it**, so that nobody else reads it. If it was a password, change it on its web site.\n\nIf it was a question, press **I'm stuck** and choose what you see.`,
    fields: [],
    buttons: [wordButton('stuck', "I'm stuck"), wordButton('status', 'Show my step', 'primary')],
  };
}

export function filesText(): Message {
  return info(
    'I cannot open files or screenshots.',
    'I do not open files or screenshots, for your safety. **If a code, password or PIN can be read in it, please delete it from this chat.**\n\nTell me what you see by choosing instead:',
    {
      tone: 'warning',
      buttons: [
        wordButton('stuck', 'Choose what I see', 'primary'),
        wordButton('human', 'Ask the help desk'),
      ],
    },
  );
}

/** Up to three problems that a free text may mean. */
export function guesses(problems: readonly Problem[], make: Maker): Message {
  return info('Is it one of these?', 'Is it one of these?', {
    choices: {
      prompt: 'Choose what comes closest:',
      options: problems.map((problem) => make('problem', problem.symptom, 'plain', problem.id)),
    },
    buttons: [make('stuck', 'Something else'), wordButton('human', 'Ask the help desk')],
  });
}

export function notUnderstood(): Message {
  return info(
    'I did not find that.',
    'I did not find anything for that. Choose what is in the way, or ask the help desk.',
    {
      buttons: [
        wordButton('stuck', "I'm stuck", 'primary'),
        wordButton('human', 'Ask the help desk'),
        wordButton('help', 'Help'),
      ],
    },
  );
}

export function noted(): Message {
  return info('Thank you.', 'Thank you. Use the buttons to go on, or type **help**.', {
    buttons: [wordButton('status', 'Show my step')],
  });
}

export function notHere(word: string): Message {
  return info(
    'That is not available here.',
    `**${word}** is not available here. Type **help** to see what is.`,
  );
}

export function editedText(): Message {
  return info(
    'I read only new messages.',
    'I read only new messages, so an edited one changes nothing. Please write it again, or use the buttons.',
  );
}
