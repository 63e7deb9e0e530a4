import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { ChatClient } from '../support/chat-client.ts';
import { button, walk } from '../support/walk.ts';

const flow = builtInFlow();

describe('the whole journey over the browser chat', () => {
  let app: TestApp;
  const chatAs = (name: string) => new ChatClient(() => app.address, name);

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.end());

  it('leads through every step of the guide to the end', async () => {
    const ana = chatAs('ana');
    await ana.open();
    const titles = await walk(flow, ana);
    const main = flow.steps.filter((s) => !s.detour && s.when?.issue?.is !== 'closed').map((s) => s.title);
    expect(titles.filter((title) => main.includes(title))).toEqual(expect.arrayContaining(main.slice(0, 20)));
    expect((await ana.card()).title).toBe(flow.end.title);
    expect((await ana.card()).fields).toContainEqual({ label: 'Steps proven by the computer', value: '0' });
  });

  it('keeps a place through a restart, and takes an event that comes again once', async () => {
    const ben = chatAs('ben');
    await ben.open();
    await ben.press(button(await ben.card(), 'start'));
    const first = await ben.card((card) => card.progress?.step === 1);
    const id = randomUUID();
    const action = button(first, 'stuck');
    await ben.press(action, undefined, id);
    await ben.card((card) => card.title === 'What is in the way?');
    await app.restart();
    expect(await ben.press(action, undefined, id)).toEqual({ received: 'duplicate' });
    expect((await ben.card()).title).toBe('What is in the way?');
    await ben.press(button(await ben.card(), 'to-step'));
    expect((await ben.card((card) => card.title === first.title)).progress).toEqual(first.progress);
  });

  it('calls the help desk when a problem stays unsolved, and goes on when staff resolve it', async () => {
    const eve = chatAs('eve');
    await eve.open();
    await eve.press(button(await eve.card(), 'start'));
    await eve.press(button(await eve.card((c) => c.progress !== undefined), 'stuck'));
    await eve.press(button(await eve.card((c) => c.title === 'What is in the way?'), 'still-stuck'));
    const told = await eve.card((c) => c.body?.includes('I told the help desk') === true);
    expect(told.body).not.toContain('The help desk has been told');
    const journey = told.buttons.find((b) => b.action.about)?.action.about ?? '';
    const before = await app.happen(journey, { type: 'show' }, { kind: 'staff' });
    const call = before.state?.escalations[0];
    expect(call).toMatchObject({ reason: 'other-problem', by: null });
    const claims = await Promise.all(
      ['Kim', 'Lee'].map((name) =>
        app.happen(
          journey,
          { type: 'claim', escalation: call?.id ?? '', by: name, name },
          { kind: 'staff', id: name },
        ),
      ),
    );
    expect(claims.filter((claim) => claim.applied)).toHaveLength(1);
    await app.happen(
      journey,
      { type: 'resolve', escalation: call?.id ?? '', by: 'Kim', name: 'Kim' },
      { kind: 'staff', id: 'Kim' },
    );
    expect(
      (await eve.card((c) => c.body?.includes('says it is solved') === true)).buttons.length,
    ).toBeGreaterThan(2);
  });

  it('reminds at ten past working hours only, and then calls the help desk by itself', async () => {
    const sam = chatAs('sam');
    await sam.open();
    await sam.press(button(await sam.card(), 'start'));
    await sam.card((c) => c.progress !== undefined);
    const texts = async () => (await sam.messages()).map((m) => m.message.body ?? '').join('\n');
    app.clock.now = Date.parse('2026-11-24T23:30:00Z');
    await app.sweep();
    expect(await texts()).not.toContain('Shall we go on?');
    app.clock.now = Date.parse('2026-11-25T14:01:00Z');
    await app.sweep();
    expect(await texts()).toContain('Shall we go on?');
    for (let day = 26; day < 34; day++) {
      app.clock.now = Date.parse('2026-11-01T15:00:00Z') + (day - 1) * 86_400_000;
      await app.sweep();
    }
    expect(await texts()).toContain('This is my last reminder.');
    expect(await texts()).toContain('I told the help desk');
  });

  it('finds problems in free words, and answers nonsense kindly', async () => {
    const tom = chatAs('tom');
    await tom.open();
    await tom.press(button(await tom.card(), 'start'));
    await tom.card((c) => c.progress !== undefined);
    await tom.say('I only have a mac here');
    await tom.card((c) => c.summary === 'Is it one of these?' || c.summary === 'I did not find that.');
    await tom.say('🙂');
    await tom.say('xyzzy '.repeat(17_000));
    await tom.say('status');
    expect((await tom.card((c) => c.progress?.step === 1)).title).toBe(flow.steps[0]?.title);
  });
});
