import { describe, expect, it } from 'vitest';
import { checkFlow } from '../../src/flows/check.ts';
import { smallFlow } from './support/small-flow.ts';

const against = { hasPicture: (file: string) => file === 'there.png' };
const check = (yaml: string) => checkFlow(yaml, against).map((f) => `${f.line}:${f.column}: ${f.message}`);
const problem = (more: string) =>
  `problems: [{ id: p, symptom: It hurts, help: Rest., source: product, escalate: trouble${more} }]`;
const list = (count: number, prefix = 'p') =>
  Array.from(
    { length: count },
    (_, i) => `{ id: ${prefix}${i}, symptom: It hurts, help: Rest., source: product, escalate: trouble }`,
  ).join(', ');
const item = (id: string, more = '') =>
  `- { id: ${id}, title: T, body: B, minutes: 1, source: product${more} }`;

/** A broken document, and the beginning of each line that the check must print. */
const broken: [what: string, yaml: string, faults: string[]][] = [
  [
    'an answer that nothing proves',
    smallFlow({ step: ['answers: [{ id: a, label: A, proven: true }]'] }),
    ['15:19: nothing proves this answer'],
  ],
  [
    'two answers that are proven',
    smallFlow({
      step: [
        'evidence: [windows]',
        'answers: [{ id: a, label: A, proven: true }, { id: b, label: B, proven: true }]',
      ],
    }),
    ['16:54: the evidence gives one answer'],
  ],
  [
    'a proven answer that leads nowhere',
    smallFlow({
      step: [
        'evidence: [windows]',
        'answers: [{ id: a, label: A, proven: true, problem: p }, { id: b, label: B }]',
      ],
      top: [problem('')],
    }),
    ['16:19: what is proven leads on'],
  ],
  [
    'a question about a certificate that is not looked for',
    smallFlow({ step: ['identity: { yes: Me, no: Not me, problem: p }'], top: [problem('')] }),
    ['15:19: "Is this you?" is about a certificate'],
  ],
  [
    'a question about a certificate whose no leads nowhere',
    smallFlow({
      step: [
        'evidence: [certificate]',
        'answers: [{ id: a, label: A, proven: true }]',
        'identity: { yes: Me, no: Not me, problem: q }',
      ],
    }),
    ['17:51: there is no problem "q"'],
  ],
  ['YAML that does not end', 'flow: "x\ntitle: y', ['2:9: not YAML: ']],
  ['a key twice', smallFlow({ step: ['minutes: 2'] }), ['15:9: not YAML: Map keys must be unique']],
  [
    'an unknown key',
    smallFlow({ step: ['minuts: 2'] }),
    ['15:9: unknown key "minuts"; did you mean "minutes"?'],
  ],
  [
    'an unknown key far from any',
    smallFlow({ top: ['colour: red'] }),
    ['15:1: unknown key "colour": write one of flow, title,'],
  ],
  [
    'a missing key',
    smallFlow().replace('        minutes: 1\n', ''),
    ['10:9: "minutes" is missing: write a number'],
  ],
  [
    'a wrong word',
    smallFlow().replace('source: product', 'source: prodcut'),
    ['14:17: "source" is "prodcut": write one of guide, company, public, product; did you mean "product"?'],
  ],
  [
    'a bad id',
    smallFlow().replace('id: first', 'id: First Step'),
    ['10:13: "id": write lower-case words joined by hyphens'],
  ],
  ['a bad duration', smallFlow({ step: ['limit: soon'] }), ['15:16: "limit": write a number and m, h or d']],
  [
    'a button too long',
    smallFlow({ step: [`done: ${'x'.repeat(76)}`] }),
    ['15:15: "done" is too long or too great: write at most 75 characters'],
  ],
  [
    'alternative text too short',
    smallFlow({ step: ['picture: { file: there.png, alt: A port }'] }),
    ['15:42: "alt" is too short or too small: write at least 10 characters'],
  ],
  [
    'no alternative text',
    smallFlow({ step: ['picture: { file: there.png }'] }),
    ['15:18: "alt" is missing: write a text'],
  ],
  [
    'a missing picture',
    smallFlow({ step: ['picture: { file: gone.png, alt: A very flat port }'] }),
    ['15:26: there is no picture "gone.png"'],
  ],
  [
    'a step twice',
    smallFlow({ more: [item('first')] }),
    ['15:15: the step "first" is there already: write another id'],
  ],
  [
    'a section twice',
    smallFlow({ more: [] }).replace(
      'end:',
      '  - { id: all, title: A, steps: [{ id: b, title: B, body: B, minutes: 1, source: product }] }\nend:',
    ),
    ['15:11: the section "all" is there already'],
  ],
  [
    'a problem twice',
    smallFlow({ step: [problem('')], top: [problem('')] }),
    ['16:18: the problem "p" is there already'],
  ],
  [
    'an answer twice',
    smallFlow({ step: ['answers: [{ id: a, label: A }, { id: a, label: B }]'] }),
    ['15:46: the answer "a" is there already'],
  ],
  [
    'a dangling target',
    smallFlow({ step: ['answers: [{ id: a, label: A, to: frist }]'] }),
    ['15:42: there is no step "frist"; did you mean "first"?'],
  ],
  [
    'a dangling target of a problem',
    smallFlow({ step: [problem(', to: nowhere')] }),
    ['15:101: there is no step "nowhere": write one of first, or add it'],
  ],
  [
    'a dangling problem',
    smallFlow({ step: ['answers: [{ id: a, label: A, problem: q }, { id: b, label: B }]'] }),
    ['15:47: there is no problem "q"'],
  ],
  [
    'a dangling reason',
    smallFlow({ step: [problem('').replace('trouble', 'troubel')] }),
    ['15:88: there is no reason "troubel"; did you mean "trouble"?'],
  ],
  [
    'a dangling issue',
    smallFlow({ more: [item('second', ', when: { issue: { id: dwon, is: open } }')] }),
    ['15:92: there is no issue "dwon"; did you mean "down"?'],
  ],
  [
    'an unknown setting',
    smallFlow({ more: [item('second', ', when: { setting: { id: opensc-by-us, is: true } }')] }),
    ['15:94: there is no setting "opensc-by-us"; did you mean "opensc-by-it"?'],
  ],
  [
    'an unknown value',
    smallFlow({ body: 'Get {{opensc.fiel}} now.' }),
    ['12:19: there is no value "opensc.fiel"; did you mean "opensc.file"?'],
  ],
  [
    'a value that may be unset',
    smallFlow({ body: 'Ask {{helpdesk.contact}}.' }),
    ['12:19: "helpdesk.contact" may be unset: put the sentence between'],
  ],
  ['braces that do not close', smallFlow({ body: 'Ask {{opensc.file now.' }), ['12:']],
  [
    'braces without quotes',
    smallFlow({ body: '{{opensc.file}} and {{opensc.file}}' }),
    ['12:15: a text that begins with "{{" is not YAML: put it in quotes'],
  ],
  [
    'braces without quotes, and nothing after them',
    smallFlow({ body: '{{opensc.file}}' }),
    ['12:15: "body" is not a text: write one, in quotes if'],
  ],
  ['HTML', smallFlow({ body: 'Do <b>it</b>.' }), ['12:18: HTML is not shown', '12:23: HTML is not shown']],
  [
    'a heading in folded text',
    smallFlow({ body: '|\n          Do it.\n\n          # Now' }),
    ['15:11: a heading is not shown by every channel'],
  ],
  [
    'a bad link in a quoted text',
    smallFlow({ body: '"Do: [it](http://x.example)"' }),
    ['12:20: a link leads to an address that begins with'],
  ],
  [
    'a text that is too long once filled in',
    smallFlow({ body: `"${'{{opensc.address}} '.repeat(40)}"` }),
    ['12:15: once filled in, this is '],
  ],
  [
    'a label that is too long once filled in',
    smallFlow({ step: ['done: "I have downloaded {{opensc.address}}"'] }),
    ['15:15: once filled in, this is '],
  ],
  ['a line break in a title', smallFlow({ title: '"One\\nTwo"' }), ['11:16: this is one line']],
  [
    'an unreachable detour',
    smallFlow({ more: [item('second', ', detour: true')] }),
    ['15:15: the step "second" cannot be reached: lead an answer to it'],
  ],
  [
    'a step that some state of things cuts off',
    smallFlow({
      step: [
        'answers: [{ id: a, label: A, to: aside, when: { issue: { id: down, is: open } } }, { id: b, label: B }]',
      ],
      more: [item('second'), item('aside', ', detour: true')],
    }),
    ['17:15: the step "aside" cannot be reached while "opensc-by-it" is off and "down" is closed'],
  ],
  [
    'a step without a way out',
    smallFlow({ step: ['answers: [{ id: a, label: A, wait: { for: rain, days: 1, resume: It rains } }]'] }),
    ['10:13: no way out of this step leads to the end'],
  ],
  [
    'steps that go round in a circle',
    smallFlow({ more: [item('second', ', answers: [{ id: a, label: A, to: first }]')] }),
    ['10:13: no way out', '15:15: no way out'],
  ],
  [
    'answers that all vanish',
    smallFlow({ step: ['answers: [{ id: a, label: A, when: { issue: { id: down, is: open } } }]'] }),
    ['10:13: all answers of this step vanish while "opensc-by-it" is off and "down" is closed'],
  ],
  [
    'an answer whose problem vanishes',
    smallFlow({
      step: [
        'answers: [{ id: a, label: A, problem: p }, { id: b, label: B }]',
        problem(', when: { issue: { id: down, is: open } }'),
      ],
    }),
    ['15:19: the problem of this answer is not there while'],
  ],
  [
    'an answer that does two things',
    smallFlow({
      step: [
        'answers: [{ id: a, label: A, to: first, wait: { for: rain, days: 1, resume: Rain } }, { id: b, label: B }]',
      ],
    }),
    ['15:19: this answer has to and wait: write only one of them'],
  ],
  [
    'a date asked for with answers',
    smallFlow({ step: ['ask: { kind: signed-on, label: L, unknown: U }', 'answers: [{ id: b, label: B }]'] }),
    ['16:18: this step asks for a date'],
  ],
];

describe('the check of a flow document', () => {
  it('is content with one that is right', () => {
    expect(
      check(smallFlow({ step: ['picture: { file: there.png, alt: A very flat port }', problem('')] })),
    ).toEqual([]);
  });

  it('is content with a detour that only a solved problem leads to', () => {
    expect(
      check(smallFlow({ step: [problem(', to: aside')], more: [item('aside', ', detour: true')] })),
    ).toEqual([]);
  });

  it('places each of several equal faults in one text, folded or not', () => {
    const places = (body: string) => check(smallFlow({ body })).map((line) => line.replace(/: .*/, ''));
    expect(places('A {{opensc.fiel}} {{opensc.fiel}}')).toEqual(['12:17', '12:33']);
    expect(places('>\n          A {{opensc.fiel}}\n          {{opensc.fiel}} B')).toEqual(['13:13', '14:11']);
  });

  it.each(broken)('finds %s, and says where and what to write', (_, yaml, faults) => {
    const found = check(yaml);
    expect(found.map((line, i) => line.slice(0, faults[i]?.length))).toEqual(faults);
  });

  it('finds a step whose card is larger than Teams takes', () => {
    const many = `problems: [${list(12)}]`;
    const found = check(
      smallFlow({ body: '漢'.repeat(2400), step: [many], top: [`problems: [${list(8, 'q')}]`] }),
    );
    expect(found.map((line) => line.slice(0, 45))).toEqual(['12:15: the card of this step is about 28 KB: ']);
  });

  it('finds a step with more problems than anybody reads', () => {
    const found = check(
      smallFlow({ step: [`problems: [${list(12)}]`], top: [`problems: [${list(9, 'q')}]`] }),
    );
    expect(found).toEqual(['15:19: 21 problems, with those of the whole flow: write at most 20']);
  });

  it('tells of all faults at once, those of form and those of meaning, in the order of the lines', () => {
    const yaml = smallFlow({
      title: '5',
      body: 'Get {{opensc.fiel}}.',
      step: ['source: x', 'answers: [{ id: a, label: A, to: gone }, { id: b }]'],
    }).replace('        source: product\n', '');
    expect(check(yaml).map((line) => line.replace(/[;:] .*/, ''))).toEqual([
      '11:16',
      '12:19',
      '14:17',
      '15:42',
      '15:50',
    ]);
  });

  it('never throws, however little of a flow the text is', () => {
    for (const yaml of [
      '',
      '-',
      '5',
      'null',
      '[]',
      '{}',
      'sections:',
      'sections: [{ steps: [5, null] }]',
      '%',
      '\t',
      'a: &a [*a]',
      'flow: {{x}}',
    ])
      expect(check(yaml).length, yaml).toBeGreaterThan(0);
  });
});
