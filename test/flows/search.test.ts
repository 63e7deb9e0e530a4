import { describe, expect, it } from 'vitest';
import { findProblems } from '../../src/flows/search.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const flow = builtInFlow();
const open = new Set(['identrust-login-bug']);
const find = (step: string, text: string, issues: ReadonlySet<string> = open) =>
  findProblems(flow, step, text, issues).map((p) => p.id);

/** What employees write, and the problem that must come first. */
const said: [step: string, text: string, first: string][] = [
  ['find-email', 'i dont see the email', 'email-not-found'],
  ['find-email', "it's not in my inbox", 'email-not-found'],
  ['insert-token', 'emial not found', 'email-not-found'],
  ['password-field', 'it says wrong password', 'password-not-remembered'],
  ['forgot-password', 'it says wrong password', 'forgot-does-not-help'],
  ['password-field', 'I used the account number', 'typed-account-number'],
  ['insert-token', 'usb not recognized', 'token-not-seen'],
  ['windows-computer', 'usb not recognized', 'token-not-seen'],
  ['opensc-install', 'no admin rights', 'no-administrator-rights'],
  ['opensc-install', 'blocked by my administrator', 'blocked-by-administrator'],
  ['windows-computer', 'i only have a macbook', 'no-windows-computer'],
  ['usb-port', 'my laptop only has usb c', 'no-usb-port'],
  ['im-ready', 'popup blocked', 'nothing-opens'],
  ['activation-code', 'code already used', 'activation-code-used'],
  ['activation-code', 'activaton code invalid', 'activation-code-refused'],
  ['what-you-see', 'I forgot the answers to my security questions', 'security-answers-forgotten'],
  ['token-pin', 'i dont know the pin', 'pin-unknown'],
  ['token-pin', 'pin locked', 'pin-wrong'],
  ['insert-token', "I'm on remote desktop", 'remote-session'],
  ['insert-token', 'Windows Hello', 'wrong-reader'],
  ['insert-token', 'acitvclient pops up', 'middleware-conflict'],
  ['insert-token', 'usb ports are disabled by policy', 'usb-blocked'],
  ['signed-on', 'it was more than 30 days ago', 'thirty-days-passed'],
  ['set-usb-aside', "usb hasn't come in the mail yet", 'token-not-arrived'],
  ['at-windows', 'surface with snapdragon', 'windows-on-arm'],
  ['opensc-typical', 'error 1603', 'opensc-installation-failed'],
];

/** What is about no problem. */
const other = [
  '',
  '   ',
  '😀😀',
  'asdfghjkl qwerty',
  'hello',
  'Thanks!',
  'ok',
  'yes',
  'what is the weather tomorrow',
  'lorem ipsum dolor sit amet',
];

describe('the search for problems', () => {
  it.each(said)('at %s takes "%s" for %s', (step, text, first) => {
    expect(find(step, text)[0]).toBe(first);
  });

  it.each(other)('offers nothing for "%s"', (text) => {
    expect(find('find-email', text)).toEqual([]);
  });

  it('offers three at the most', () => {
    expect(find('insert-token', 'usb token reader windows card blocked error password code')).toHaveLength(3);
  });

  it("puts the step's own problems before others", () => {
    const own = new Set(flow.byId.get('find-email')?.problems.map((p) => p.id));
    const found = find('find-email', 'email mailbox').map((id) => own.has(id));
    expect(new Set(found)).toEqual(new Set([true, false]));
    expect(found).toEqual([...found].sort((a, b) => Number(b) - Number(a)));
    expect(find('mailbox', 'email mailbox')[0]).toBe('no-mailbox');
  });

  it('offers a problem only while it exists', () => {
    expect(find('login-worked', 'it refuses my login')).not.toContain('login-refused');
    expect(find('login-worked', 'it refuses my login', new Set())[0]).toBe('login-refused');
  });

  it('takes 100 kB without harm', () => {
    expect(find('find-email', 'email '.repeat(20_000))[0]).toBe('email-not-found');
  });

  it('is of no consequence for an unknown step', () => {
    expect(find('no-such-step', 'i dont see the email')).toContain('email-not-found');
  });
});
