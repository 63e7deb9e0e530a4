import { expect, it } from 'vitest';
import { inWords } from '../../../src/desk/queries/words.ts';
import { journeyEvent } from '../../../src/flows/event.ts';
import { builtInFlow } from '../../support/built-in-flow.ts';

const flow = builtInFlow();
const words = (type: string, detail: object = {}, toStep = 'mailbox') =>
  inWords(flow, { type, step: 'mailbox', toStep, detail });

it('has words for every event there is, and never shows a code in their place', () => {
  const types = journeyEvent.options.map((option) => option.shape.type.value);
  expect(types.length).toBeGreaterThan(20);
  for (const type of types) expect(words(type)).toMatch(/^[A-Z]\w* ?/);
  const codes = types.filter((type) => words(type) === type);
  expect(codes).toEqual([]);
});

it('tells on whose word a step was done, where it led, and what ended', () => {
  expect(words('done', { proof: 'word' }, 'application-password')).toBe(
    'Finished "Check that you can open your e-mail", on their word → Have your application password in mind',
  );
  expect(words('done', { proof: 'computer' })).toContain(', proven by the computer');
  expect(words('done', { proof: 'word', status: 'done' })).toContain('; all steps are done');
  expect(words('answer', { answer: 'no', status: 'waiting' })).toContain('; waits now');
});

it.each([
  [['nudge'], 'Was reminded'],
  [['wait-over'], 'The wait was over'],
  [['deadline-near'], 'Was told that the 30 days are nearly over'],
  [['deadline-passed', 'help-desk-told'], 'The 30 days passed; the help desk was told'],
  [['help-desk-told'], 'Stayed silent after the last reminder; the help desk was told'],
])('tells what the timer did: %j', (told, expected) => {
  expect(words('timer', { told })).toBe(expected);
});

it('tells what the computer found, or why it did not', () => {
  expect(words('proven', { fact: 'certificate' })).toBe('The computer found the certificate on the token');
  expect(words('disproven', { fact: 'token-present', verdict: 'no-reader' })).toBe(
    'The computer did not find the USB token (no-reader)',
  );
  expect(words('action-failed', { action: 'opensc.install', code: 'declined' })).toBe(
    'The computer did not install OpenSC (declined)',
  );
  expect(words('let-computer', { action: 'opensc.install' })).toBe('Asked the computer to install OpenSC');
  expect(words('let-computer', { action: 'system.restart' })).toBe('Asked the computer to restart');
});

it('bears details that it does not understand', () => {
  expect(words('claim', { name: 7 })).toBe('Somebody claimed it');
  expect(words('problem', { problem: 'gone-since' })).toBe('Looked at "gone-since"');
  expect(words('something-of-a-later-version')).toBe('something-of-a-later-version');
});
