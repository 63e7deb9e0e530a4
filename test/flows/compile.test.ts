import { describe, expect, it } from 'vitest';
import { compileFlow } from '../../src/flows/compile.ts';
import { openscCatalogue, openscRelease } from '../../src/flows/eca-download/opensc-catalogue.ts';
import { FlowError, readFlow } from '../../src/flows/flow-text.ts';
import { toPlainText } from '../../src/flows/markdown.ts';
import { flowValues, settingsOn } from '../../src/flows/values.ts';
import { smallFlow } from './support/small-flow.ts';

const opensc = openscCatalogue[0];
if (!opensc) throw new Error('the catalogue is empty');

function compile(yaml: string, values: Partial<Parameters<typeof flowValues>[0]> = {}, byIt = false) {
  const settings = settingsOn(byIt ? ['opensc-by-it'] : []);
  return compileFlow(readFlow(yaml), 7, {
    values: flowValues({ opensc: opensc as NonNullable<typeof opensc>, ...values }),
    settings,
  });
}

describe('a compiled flow', () => {
  it('has values in place, and leaves out what is unset', () => {
    const yaml = smallFlow({
      body: '"Get {{opensc.file}}.{{#email.sender}} From {{email.sender}}.{{/email.sender}}"',
    });
    expect(compile(yaml).steps[0]?.body).toBe('Get OpenSC-0.27.1_x64.msi.');
    expect(compile(yaml, { emailSender: 'a@b.example' }).steps[0]?.body).toBe(
      'Get OpenSC-0.27.1_x64.msi. From a@b.example.',
    );
  });

  it('shows a configured value as it was written, whatever Markdown would make of it', () => {
    const yaml = smallFlow({
      body: '"{{#helpdesk.contact}}Ask {{helpdesk.contact}}.{{/helpdesk.contact}}"',
      title: '"{{#helpdesk.contact}}Ask {{helpdesk.contact}}{{/helpdesk.contact}}"',
    });
    const contact = '*IT* [desk](https://x.example) <b> `now` & "then"';
    const step = compile(yaml, { helpDeskContact: contact }).steps[0];
    expect(toPlainText(step?.body ?? '')).toBe(`Ask ${contact}.`);
    expect(step?.title).toBe(`Ask ${contact}`);
  });

  it('has only the steps that the settings leave, and knows where they were', () => {
    const yaml = smallFlow({
      more: [
        '- { id: by-hand, title: H, body: B, minutes: 1, source: product, when: { setting: { id: opensc-by-it, is: false } } }',
        '- { id: by-it, title: I, body: B, minutes: 1, source: product, when: { setting: { id: opensc-by-it, is: true } } }',
        '- { id: last, title: L, body: B, minutes: 1, source: product, answers: [{ id: back, label: Back, to: by-hand }, { id: on, label: On }] }',
      ],
    });
    const hand = compile(yaml);
    const it_ = compile(yaml, {}, true);
    expect(hand.steps.map((s) => [s.id, s.index])).toEqual([
      ['first', 0],
      ['by-hand', 1],
      ['last', 2],
    ]);
    expect(it_.steps.map((s) => s.id)).toEqual(['first', 'by-it', 'last']);
    expect(it_.order).toEqual(['first', 'by-hand', 'by-it', 'last']);
    expect(hand.byId.get('last')?.answers[0]?.to).toBe('by-hand');
    expect(it_.byId.get('last')?.answers[0]?.to).toBe('by-it');
    expect(it_.version).toBe(7);
  });

  it('keeps what depends on known issues, which change while it runs', () => {
    const yaml = smallFlow({
      more: [
        '- { id: bug, title: B, body: B, minutes: 1, source: product, when: { issue: { id: down, is: open } } }',
      ],
    });
    expect(compile(yaml).byId.get('bug')?.when).toEqual({ issue: { id: 'down', is: 'open' } });
  });

  it('is not made from a document with a fault, which is told with its place', () => {
    expect(() => readFlow('flow: x\ntitle: T\n')).toThrow(FlowError);
    expect(() => readFlow(smallFlow({ body: '5' }))).toThrow(/^\d+:\d+: "body" is not a text: write one$/);
  });
});

describe('the OpenSC catalogue', () => {
  it('offers the newest by default and the version of the guide as a choice', () => {
    expect(openscRelease()?.file).toBe('OpenSC-0.27.1_x64.msi');
    expect(openscRelease('0.26.1')?.address).toBe(
      'https://github.com/OpenSC/OpenSC/releases/download/0.26.1/OpenSC-0.26.1_win64.msi',
    );
    expect(openscRelease('0.25.0')).toBeUndefined();
  });

  it('pins each file by a SHA-256 and a product code of its own', () => {
    for (const r of openscCatalogue) {
      expect(r.sha256).toMatch(/^[0-9A-F]{64}$/);
      expect(r.productCode).toMatch(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/);
    }
    expect(new Set(openscCatalogue.map((r) => r.sha256)).size).toBe(openscCatalogue.length);
  });
});
