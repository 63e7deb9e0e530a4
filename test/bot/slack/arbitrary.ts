import fc from 'fast-check';
import type { Button, Message } from '../../../src/bot/message.ts';

/** Any message that the bot may say, and many that it never would. */

const anyText = (max: number) =>
  fc.oneof(
    fc.string({ minLength: 1, maxLength: max, unit: 'binary' }),
    fc.string({ minLength: 1, maxLength: max }),
    fc
      .array(
        fc.constantFrom(
          '**bold**',
          'word',
          '<!channel>',
          '&',
          '*',
          '`code`',
          '[a](https://a.example/?x=1|2)',
          '\n',
          '\n\n',
          '- ',
          '1. ',
          '😀',
          '> ',
          '<@U1>',
          '"',
        ),
        { minLength: 1, maxLength: Math.max(1, Math.floor(max / 8)) },
      )
      .map((w) => w.join(' ').slice(0, max)),
  );

const id = fc.stringMatching(/^[a-z0-9-]{1,48}$/);

export const anyButton: fc.Arbitrary<Button> = fc.record(
  {
    action: fc.record(
      { verb: fc.stringMatching(/^[a-z-]{1,32}$/), about: id, step: id, revision: fc.nat(), arg: id },
      { requiredKeys: ['verb'] },
    ),
    label: anyText(75),
    style: fc.constantFrom('primary' as const, 'danger' as const, 'plain' as const),
    confirm: fc.record({ title: anyText(200), text: anyText(500), yes: anyText(60), no: anyText(60) }),
  },
  { requiredKeys: ['action', 'label', 'style'] },
);

export const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    summary: anyText(6000),
    tone: fc.constantFrom(
      'step' as const,
      'info' as const,
      'warning' as const,
      'success' as const,
      'staff' as const,
    ),
    finished: anyText(3000),
    progress: fc.record({
      step: fc.integer({ min: -3, max: 99 }),
      of: fc.integer({ min: 0, max: 40 }),
      text: anyText(200),
    }),
    title: anyText(400),
    body: anyText(30_000),
    picture: fc.record({ file: fc.constant('usb.png'), alt: anyText(3000) }),
    fields: fc.array(fc.record({ label: anyText(100), value: anyText(4000) }), { maxLength: 25 }),
    choices: fc.record({ prompt: anyText(4000), options: fc.array(anyButton, { maxLength: 40 }) }),
    input: fc.record(
      {
        kind: fc.constantFrom('date' as const, 'text' as const),
        label: anyText(4000),
        placeholder: anyText(400),
        submit: anyText(100),
        action: fc.constant({ verb: 'say' }),
      },
      { requiredKeys: ['kind', 'label', 'submit', 'action'] },
    ),
    buttons: fc.array(anyButton, { maxLength: 60 }),
    note: anyText(4000),
  },
  { requiredKeys: ['summary', 'tone', 'fields', 'buttons'] },
);
