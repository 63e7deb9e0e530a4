import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeAction } from '../../../src/bot/action.ts';
import { type Button, type Message, message } from '../../../src/bot/message.ts';
import { faultsOf } from '../../../src/bot/slack/check.ts';
import { homeView } from '../../../src/bot/slack/home.ts';
import { modalFor, readForm } from '../../../src/bot/slack/modal.ts';
import { type Rendered, render } from '../../../src/bot/slack/render.ts';
import { messageBlocks, mostTextInMessage, textLength, view } from '../../support/slack/block-rules.ts';
import { anyMessage } from './arbitrary.ts';

const say = (m: Partial<Message>): Message => message.parse({ summary: 'In short', tone: 'step', ...m });
const only = (parts: Rendered[]): Rendered => {
  expect(parts).toHaveLength(1);
  return parts[0] ?? { text: '', blocks: [] };
};
const button = (verb: string, more: Partial<Button> = {}): Button => ({
  action: { verb },
  label: verb,
  style: 'plain',
  ...more,
});

/** Every action that a person can choose in these messages, in order. */
function actions(parts: Rendered[]): string[] {
  return parts.flatMap(({ blocks }) =>
    blocks.flatMap((b) =>
      b.type !== 'actions'
        ? []
        : b.elements.flatMap((e) =>
            e.type === 'overflow'
              ? e.options.map((o) => o.value ?? '')
              : e.type === 'button'
                ? [e.action_id ?? '']
                : [],
          ),
    ),
  );
}

/** Every text in which Slack looks for mentions; in plain text it looks for none. */
function mrkdwnOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
}

describe('a message in Block Kit', () => {
  test('shows, in this order, what was finished, progress, title, text, picture, fields, question, buttons, small print', () => {
    const parts = render(
      say({
        finished: 'Step 2 · Get ready',
        progress: { step: 3, of: 15, text: 'Step 3 of 15 · about 4 min' },
        title: 'Restart',
        body: 'Click **Restart**.',
        picture: { file: 'restart.png', alt: 'The Restart button' },
        fields: [{ label: 'Step', value: 'restart' }],
        choices: { prompt: 'What do you see?', options: [button('answer')] },
        buttons: [button('done', { style: 'primary' })],
        note: 'From the guide',
      }),
      { url: 'https://bot.example/restart.png' },
    );
    expect(only(parts)).toMatchSnapshot();
  });

  test('is its summary where there is nothing else to show', () => {
    expect(only(render(say({}), null)).blocks).toEqual([
      { type: 'section', text: { type: 'mrkdwn', text: 'In short' } },
    ]);
  });

  test('always has a notification text, in which nobody is mentioned', () => {
    expect(only(render(say({ summary: 'Hi <!channel> & <@U1>' }), null)).text).toBe(
      'Hi &lt;!channel&gt; &amp; &lt;@U1&gt;',
    );
  });

  test('tells a picture in words where it cannot be shown, and shows an uploaded one by its file', () => {
    const picture = { file: 'usb.png', alt: 'A USB-A plug' };
    expect(JSON.stringify(render(say({ picture }), null))).toContain('Picture: A USB-A plug');
    expect(only(render(say({ picture }), { file: 'F1' })).blocks).toContainEqual({
      type: 'image',
      slack_file: { id: 'F1' },
      alt_text: 'A USB-A plug',
    });
  });

  test('asks before a danger button counts', () => {
    const confirm = {
      title: 'Start again?',
      text: 'Your progress is lost.',
      yes: 'Start again',
      no: 'Keep going',
    };
    const { blocks } = only(
      render(say({ buttons: [button('start-again', { style: 'danger', confirm })] }), null),
    );
    expect(blocks.at(-1)).toMatchObject({
      elements: [
        { style: 'danger', confirm: { title: { text: 'Start again?' }, deny: { text: 'Keep going' } } },
      ],
    });
  });

  test('keeps four buttons in sight and the rest in the menu, never the primary one or one that asks back', () => {
    const names = ['back', 'stuck', 'pause', 'privacy', 'help'];
    const confirm = { title: 'Sure?', text: 'Sure?', yes: 'Yes', no: 'No' };
    const buttons = [
      button('done', { style: 'primary' }),
      ...names.map((n) => button(n)),
      button('start-again', { confirm }),
    ];
    const row = only(render(say({ buttons }), null)).blocks.at(-1);
    if (row?.type !== 'actions') throw new Error('no row of buttons');
    expect(row.elements.map((e) => ('action_id' in e ? e.action_id?.split('|')[0] : ''))).toEqual([
      'done',
      'back',
      'stuck',
      'start-again',
      'more',
    ]);
    expect(actions([{ text: '', blocks: [row] }])).toHaveLength(7);
  });

  test('has a date picker with its own button, so that a wrong click on a day sends nothing', () => {
    const input = {
      kind: 'date' as const,
      label: 'When?',
      submit: 'That day',
      action: { verb: 'signed-on' },
    };
    const { blocks } = only(render(say({ input }), null));
    expect(blocks.at(-1)).toMatchObject({
      block_id: 'ask-date',
      elements: [{ type: 'datepicker' }, { action_id: 'signed-on||||' }],
    });
  });

  test('opens a form for a text, and reads from it what was written', () => {
    const input = {
      kind: 'text' as const,
      label: 'What happens?',
      placeholder: 'I click and…',
      submit: 'Tell the help desk',
      action: { verb: 'say', step: 's1', revision: 3 },
    };
    const { blocks } = only(render(say({ input }), null));
    const row = blocks.at(-1);
    if (row?.type !== 'actions' || row.elements[0]?.type !== 'button') throw new Error('no button');
    const modal = modalFor(input.action, row.elements[0].value);
    expect(view.safeParse(modal).error).toBeUndefined();
    expect(readForm({ ...modal, state: { values: { text: { typed: { value: 'A red cross' } } } } })).toEqual({
      action: input.action,
      value: 'A red cross',
    });
    expect(modalFor(input.action, '{"label":""}')).toBeNull();
    expect(readForm({ private_metadata: 'x' })).toBeNull();
  });

  test('is split where Slack would refuse it, with the buttons in the last part and no word lost', () => {
    const body = Array.from({ length: 6000 }, (_, i) => `word${i}`).join(' ');
    const parts = render(say({ title: 'Long', body, buttons: [button('done')] }), null);
    expect(parts.length).toBeGreaterThan(3);
    const shown = parts
      .flatMap((p) => p.blocks.flatMap((b) => (b.type === 'section' ? [b.text?.text ?? ''] : [])))
      .join(' ');
    expect(shown.match(/word\d+/g)).toEqual(body.split(' '));
    expect(parts.map((p) => actions([p]).length)).toEqual([...Array(parts.length - 1).fill(0), 1]);
  });

  test('whatever it says, Slack takes it, and every action is offered once', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.constantFrom(null, { file: 'F1' }, { url: 'https://bot.example/p.png' }),
        (m, shown) => {
          const parts = render(m, shown);
          for (const { text, blocks } of parts) {
            expect(text.length).toBeGreaterThan(0);
            expect(text.length).toBeLessThanOrEqual(4000);
            expect(faultsOf(blocks, 'message')).toEqual([]);
            expect(messageBlocks.safeParse(blocks).error).toBeUndefined();
            expect(textLength(blocks)).toBeLessThanOrEqual(mostTextInMessage);
          }
          const offered = [...(m.choices?.options ?? []), ...m.buttons].map((b) => encodeAction(b.action));
          expect(actions(parts).toSorted()).toEqual([...offered, ...(m.input ? ['say||||'] : [])].toSorted());
        },
      ),
      { numRuns: process.env.LONG ? 2000 : 150 },
    );
  });

  test('whoever is quoted in it, nobody is mentioned', () => {
    fc.assert(
      fc.property(anyMessage, (m) => {
        const said = render(m, null).flatMap((p) => [p.text, ...mrkdwnOf(p.blocks)]);
        expect(said.join('\n').match(/<(?!https?:|mailto:)/gi)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});

describe('the App Home', () => {
  test('is a view that Slack takes, however much there is to tell', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 12 }), (messages) => {
        expect(view.safeParse(homeView(messages)).error).toBeUndefined();
        expect(faultsOf(homeView(messages).blocks, 'view')).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the checker of limits', () => {
  const long = (n: number) => 'x'.repeat(n);
  const text = (t: string) => ({ type: 'plain_text' as const, text: t });
  const act = (element: object) => [{ type: 'actions', elements: [element] }];
  const wrong: [string, object[]][] = [
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' }))],
    ['no blocks', []],
    ['a header of 151 characters', [{ type: 'header', text: text(long(151)) }]],
    ['a section of 3001 characters', [{ type: 'section', text: { type: 'mrkdwn', text: long(3001) } }]],
    ['an empty section', [{ type: 'section' }]],
    ['an empty text', [{ type: 'section', text: { type: 'mrkdwn', text: '' } }]],
    ['11 fields', [{ type: 'section', fields: Array.from({ length: 11 }, () => text('f')) }]],
    ['a field of 2001 characters', [{ type: 'section', fields: [text(long(2001))] }]],
    [
      '26 buttons',
      [
        {
          type: 'actions',
          elements: Array.from({ length: 26 }, (_, i) => ({
            type: 'button',
            text: text('b'),
            action_id: `a${i}`,
          })),
        },
      ],
    ],
    ['a label of 76 characters', act({ type: 'button', text: text(long(76)), action_id: 'a' })],
    ['an action id of 256 characters', act({ type: 'button', text: text('b'), action_id: long(256) })],
    [
      'a value of 2001 characters',
      act({ type: 'button', text: text('b'), action_id: 'a', value: long(2001) }),
    ],
    [
      'the same action twice in a row',
      [
        {
          type: 'actions',
          elements: [1, 2].map(() => ({ type: 'button', text: text('b'), action_id: 'a' })),
        },
      ],
    ],
    [
      'six options in a menu',
      act({
        type: 'overflow',
        action_id: 'm',
        options: Array.from({ length: 6 }, (_, i) => ({ text: text('o'), value: `${i}` })),
      }),
    ],
    [
      'an option value of 151 characters',
      act({ type: 'overflow', action_id: 'm', options: [{ text: text('o'), value: long(151) }] }),
    ],
    [
      'a confirmation title of 101 characters',
      act({
        type: 'button',
        text: text('b'),
        action_id: 'a',
        confirm: { title: text(long(101)), text: text('t'), confirm: text('y'), deny: text('n') },
      }),
    ],
    [
      'an alternative text of 2001 characters',
      [{ type: 'image', image_url: 'https://a.example/p.png', alt_text: long(2001) }],
    ],
    ['eleven context elements', [{ type: 'context', elements: Array.from({ length: 11 }, () => text('c')) }]],
    ['a block id given twice', [1, 2].map(() => ({ type: 'divider', block_id: 'b' }))],
    [
      'a placeholder of 151 characters',
      act({ type: 'datepicker', action_id: 'd', placeholder: text(long(151)) }),
    ],
    [
      'more text together than one message holds',
      Array.from({ length: 5 }, () => ({ type: 'section', text: text(long(2900)) })),
    ],
  ];
  test.each(wrong)('finds %s', (_, blocks) => {
    // biome-ignore lint/suspicious/noExplicitAny: blocks that are wrong on purpose
    expect(faultsOf(blocks as any, 'message').length).toBeGreaterThan(0);
  });
});
