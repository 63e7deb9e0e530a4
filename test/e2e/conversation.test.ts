import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Said } from '../../src/bot/incoming.ts';
import type { Message } from '../../src/bot/message.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { ChatClient } from '../support/chat-client.ts';
import { button, walk } from '../support/walk.ts';

/** What befalls the conversation of somebody who does not simply press Done. */

const flow = builtInFlow();
const hour = 3_600_000;
const day = 24 * hour;
const titleOf = (step: string) => flow.byId.get(step)?.title ?? step;
const at = (step: string) => (card: Message) => card.title === titleOf(step);

describe('the conversation', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.end());

  const chatAs = (name: string) => new ChatClient(() => app.address, name);
  async function begin(name: string): Promise<ChatClient> {
    const chat = chatAs(name);
    await chat.open();
    await chat.press(button(await chat.card(), 'start'));
    await chat.card((card) => card.progress?.step === 1);
    return chat;
  }
  /** What comes over the channel without a typed word. */
  const arrives = (name: string, said: Said) =>
    app.receive({
      id: randomUUID(),
      from: { provider: 'local', tenant: 'local', id: name },
      profile: {},
      conversation: { key: `employee/${name}`, reference: { as: name } },
      at: new Date(app.clock.now),
      said,
    });
  const bodies = async (chat: ChatClient) => (await chat.messages()).map(({ message }) => message.body ?? '');
  const count = async (chat: ChatClient, words: string) =>
    (await bodies(chat)).filter((body) => body.includes(words)).length;
  /** Lets time pass, a quarter of a day at a time, as the queue would. @returns all that was said meanwhile */
  async function later(days: number, chat: ChatClient): Promise<string> {
    const said = new Set<string>();
    for (let quarter = 0; quarter < days * 4; quarter++) {
      app.clock.now += day / 4;
      await app.sweep();
      for (const body of await bodies(chat)) said.add(body);
    }
    return [...said].join('\n');
  }
  const journeyOf = (card: Message) => button(card, 'back').about ?? '';

  it('lets somebody with a Mac wait for a Windows computer, in peace, and take up the same step', async () => {
    const mac = await begin('mac');
    const first = await mac.card();
    await mac.press(button(first, 'answer', 'only-mac'));
    const waiting = await mac.card((card) => card.title === 'Waiting for a Windows computer');
    expect(waiting.body).toMatch(/Thursday,? 26 November/);
    const { state } = await app.happen(
      waiting.buttons[0]?.action.about ?? '',
      { type: 'timer' },
      { kind: 'timer' },
    );
    expect(state).toMatchObject({ status: 'waiting', stuck: null, escalations: [] });
    expect(await later(1.5, mac)).not.toContain('Shall we go on?');
    await mac.press(button(waiting, 'resume'));
    expect((await mac.card(at('windows-computer'))).progress?.step).toBe(1);
  });

  it('asks by itself once the wait is over', async () => {
    const mac = await begin('patient');
    await mac.press(button(await mac.card(), 'answer', 'only-mac'));
    await mac.card((card) => card.title === 'Waiting for a Windows computer');
    expect(await later(5, mac)).toContain('Is it there? We were waiting for a Windows computer.');
    expect((await mac.card()).title).toBe(titleOf('windows-computer'));
  });

  it('reminds tomorrow when asked to, and not before', async () => {
    const sam = await begin('snooze');
    // From one working morning to the next, wherever the tests before have left the clock.
    app.clock.now = Date.parse('2026-12-07T15:00:00Z');
    await sam.say('status');
    await sam.card(at('windows-computer'));
    expect((await sam.card()).buttons.map((b) => b.label)).not.toContain('Remind me tomorrow');
    app.clock.now += 5 * hour;
    await app.sweep();
    const reminded = await sam.card((card) => card.body?.includes('Shall we go on?') === true);
    await sam.press(button(reminded, 'snooze'));
    await expect.poll(() => count(sam, 'I will remind you tomorrow')).toBe(1);
    const messages = (await sam.messages()).length;
    app.clock.now += 17 * hour;
    await app.sweep();
    expect(await sam.messages()).toHaveLength(messages);
    app.clock.now += 8 * hour;
    await app.sweep();
    await expect.poll(async () => (await sam.messages()).length).toBe(messages + 1);
    expect((await sam.card()).body).toContain('Shall we go on?');
  });

  it('keeps the restart step through an absence and a restart of its own, and greets where they left', async () => {
    const rob = await begin('restart');
    await walk(flow, rob, at('restart'));
    await rob.press(button(await rob.card(), 'done'));
    await rob.card(at('log-back-in'));
    app.clock.now += 30 * 60_000;
    await app.restart();
    // Meanwhile from the phone: the same journey.
    await rob.say('status');
    expect((await rob.card(at('log-back-in'))).body).not.toContain('Welcome back!');
    app.clock.now += day;
    await rob.open();
    const greeted = await rob.card((card) => card.body?.includes('Welcome back!') === true);
    expect(greeted.title).toBe(titleOf('log-back-in'));
    expect(await count(rob, 'Welcome back!')).toBe(1);
  });

  it('answers the words that are no step: help, privacy, status, human', async () => {
    const kim = await begin('words');
    await kim.say('Help!');
    const help = (await bodies(kim)).at(-1);
    for (const word of ['start', 'status', 'back', 'done', 'stuck', 'pause', 'resume', 'human', 'privacy'])
      expect(help).toContain(`**${word}**`);
    await kim.say('/privacy');
    await expect.poll(async () => (await bodies(kim)).at(-1)).toContain('I never ask for a **password, PIN');
    await kim.say(' STATUS. ');
    expect((await kim.card(at('windows-computer'))).progress?.text).toMatch(
      /^Step 1 of \d+ · about \d+ min$/,
    );
    await kim.say('human');
    await kim.card((card) => card.body?.includes('I told the help desk') === true);
    await kim.say('human');
    await kim.card((card) => card.body?.includes('knows about this already') === true);
  });

  it('brings a person in before the first step and after the last', async () => {
    const una = chatAs('unsure');
    await una.open();
    await una.card();
    await una.say('human');
    const asked = await una.card((card) => card.body?.includes('I told the help desk') === true);
    const journey = button(asked, 'start').about ?? '';
    const { state } = await app.happen(journey, { type: 'timer' }, { kind: 'timer' });
    const call = { escalation: state?.escalations[0]?.id ?? '', by: 'desk:kim', name: 'Kim' };
    await app.happen(journey, { type: 'claim', ...call }, { kind: 'staff', id: 'desk:kim' });
    await expect.poll(() => count(una, 'Kim from the help desk is looking into it.')).toBe(1);
    const settled = await app.happen(
      journey,
      { type: 'resolve', ...call },
      { kind: 'staff', id: 'desk:kim' },
    );
    expect(settled.state).toMatchObject({ status: 'new', escalations: [] });
    await walk(flow, una);
    await una.say('stuck');
    await una.card((card) => card.tone === 'success' && card.body?.includes('I told the help desk') === true);
  });

  it('lets no old button, double click, edit, deletion or emoji move anything', async () => {
    const joe = await begin('clumsy');
    const first = await joe.card();
    const done = button(first, 'answer', 'ready');
    await Promise.all([joe.press(done), joe.press(done), joe.press(done)]);
    expect((await joe.card(at('set-usb-aside'))).progress?.step).toBe(2);
    app.clock.now += 10_000;
    await joe.press(button(first, 'answer', 'none'));
    expect((await joe.card((card) => card.body?.includes('from an earlier moment') === true)).title).toBe(
      titleOf('set-usb-aside'),
    );
    const before = (await joe.messages()).length;
    await arrives('clumsy', { kind: 'deleted' });
    await arrives('clumsy', { kind: 'reacted' });
    await arrives('clumsy', { kind: 'edited' });
    await expect.poll(async () => (await bodies(joe)).at(-1)).toContain('an edited one changes nothing');
    expect(await joe.messages()).toHaveLength(before + 1);
    await joe.say('👍🏽');
    await expect.poll(async () => (await bodies(joe)).at(-1)).toContain('Thank you. Use the buttons');
    await joe.press({ verb: 'no-such-verb', step: 'nowhere', revision: 99, arg: 'x' });
    await joe.say('status');
    expect((await joe.card(at('set-usb-aside'))).progress?.step).toBe(2);
  });

  it('opens no file, says so, warns of codes in it, and offers choices', async () => {
    const pia = await begin('pictures');
    for (const text of ['', 'this is what I see'])
      await arrives('pictures', { kind: 'text', text, files: 2 });
    const told = await pia.card((card) => card.tone === 'warning');
    expect(told.body).toContain('I do not open files or screenshots');
    expect(told.body).toContain('If a code, password or PIN can be read in it, please delete it');
    expect(told.buttons.map((b) => b.label)).toEqual(['Choose what I see', 'Ask the help desk']);
  });

  it('calls the help desk when nobody answers three reminders, once, and takes it back when they return', async () => {
    const sue = await begin('silent');
    app.clock.now = Date.parse('2027-01-04T15:00:00Z');
    await sue.say('status');
    const said = await later(10, sue);
    for (const words of ['Shall we go on?', 'Still here when you are.', 'This is my last reminder.'])
      expect(said).toContain(words);
    expect(await count(sue, 'I told the help desk')).toBe(1);
    const journey = journeyOf(await sue.card());
    const silent = await app.happen(journey, { type: 'timer' }, { kind: 'timer' });
    expect(silent.state).toMatchObject({
      nudged: 3,
      stuck: { why: 'silence' },
      escalations: [{ reason: 'silence', by: null }],
    });
    await sue.say('status');
    await sue.card((c) => c.body?.includes('Welcome back!') === true);
    const back = await app.happen(journey, { type: 'timer' }, { kind: 'timer' });
    expect(back.state).toMatchObject({ nudged: 0, stuck: null, escalations: [] });
  });

  it('shows row 14 while the login bug is open, and asks whether the login worked once it is closed', async () => {
    const lee = await begin('login');
    await walk(flow, lee, at('password-field'));
    await lee.press(button(await lee.card(), 'answer', 'password'));
    const bug = await lee.card(at('forgot-password'));
    expect(bug.body).toContain('known to our help desk');
    // At this step the call has the reason of the bug itself.
    await lee.press(button(bug, 'stuck'));
    await lee.press(
      button(await lee.card((c) => c.title === 'What is in the way?'), 'problem', 'forgot-does-not-help'),
    );
    await lee.press(button(await lee.card((c) => c.choices?.prompt === 'Did that help?'), 'still-stuck'));
    const told = await lee.card((c) => c.body?.includes('I told the help desk') === true);
    const { state } = await app.happen(journeyOf(told), { type: 'timer' }, { kind: 'timer' });
    expect(state?.escalations).toContainEqual(
      expect.objectContaining({ reason: 'identrust-login-bug', step: 'forgot-password' }),
    );
    await lee.press(button(told, 'done'));
    await lee.card(at('what-you-see'));
  });
});
