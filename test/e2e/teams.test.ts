import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAction } from '../../src/bot/action.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { actionsOf, freePort, Playground, type Shown, titleOf } from '../support/teams/playground.ts';

const flow = builtInFlow();
const deskChannel = 'channel-announcements-id';

describe('the whole journey in Microsoft’s Agents Playground', () => {
  let app: TestApp;
  let teams: Playground;

  beforeAll(async () => {
    app = await startTestApp({
      PORT: String(await freePort()),
      TEAMS_ANONYMOUS: '1',
      TEAMS_HELPDESK_CHANNEL: deskChannel,
      // The test's clock stands still, and with it a pacer's windows.
      TEAMS_THREAD_PER_SECOND: '1000',
      TEAMS_TENANT_PER_SECOND: '10000',
    });
    teams = await Playground.start(`${app.address}/api/messages`);
  }, 120_000);
  afterAll(async () => {
    await teams?.stop();
    await app?.end();
  });

  const isCard = (m: Shown) => m.conversation === teams.personal && actionsOf(m).length > 0;
  const verb = (action: unknown) => decodeAction(dataOf(action))?.verb;
  const dataOf = (action: unknown) => (action as { data: { action: string } }).data.action;

  /** What a person to whom nothing happens presses next. */
  function onward(card: Shown): { action: unknown; inputs?: Record<string, string> } {
    const actions = actionsOf(card);
    const find = (name: string, arg?: string) =>
      actions.find((a) => verb(a) === name && (arg === undefined || decodeAction(dataOf(a))?.arg === arg));
    const start = find('start');
    if (start) return { action: start };
    const signed = find('signed-on');
    if (signed && JSON.stringify(card.card).includes('Input.Date'))
      return { action: signed, inputs: { value: '2026-11-20' } };
    const step = decodeAction(dataOf(actions.find((a) => decodeAction(dataOf(a))?.step)))?.step ?? '';
    const answer = flow.byId.get(step)?.answers.find((a) => !a.problem && !a.wait && find('answer', a.id));
    return { action: answer ? find('answer', answer.id) : find('done') };
  }

  it('begins when the bot is installed, and a press changes the card under the finger', async () => {
    await teams.install();
    const welcome = await teams.shown(isCard);
    expect(titleOf(welcome)).toBe(flow.title);
    const { action } = onward(welcome);
    await teams.press(welcome, action);
    const first = await teams.shown((m) => isCard(m) && titleOf(m) === flow.steps[0]?.title);
    const answer = await teams.press(first, onward(first).action);
    expect(answer).toMatchObject({
      type: 'application/vnd.microsoft.card.adaptive',
      value: { type: 'AdaptiveCard' },
    });
    const updated = await teams.shown((m) => m.id === first.id && m.edits > 0);
    expect(titleOf(updated)).toBe(flow.steps[1]?.title);
  });

  it('reminds by itself, in working hours', async () => {
    const before = await teams.shown(isCard);
    // A day later it is within working hours in New York and in the zone that the Playground tells of its person.
    app.clock.now += 24 * 60 * 60_000;
    await app.sweep();
    const nudge = await teams.shown((m) => isCard(m) && m.id !== before.id);
    expect(titleOf(nudge)).toBe(titleOf(before));
  });

  it('calls the help desk in its channel, and the words of a person are answered', async () => {
    await teams.say('help');
    await teams.shown((m) => JSON.stringify(m.card).includes('Words'));
    await teams.say('human');
    const post = await teams.shown((m) => m.conversation.startsWith(deskChannel));
    expect(actionsOf(post).map((a) => verb(a))).toEqual(expect.arrayContaining(['claim', 'resolve']));
    await teams.shown((m) => isCard(m) && JSON.stringify(m.card).includes('I told the help desk'));
  });

  it('leads through every step to the end, over restarts', async () => {
    const titles: string[] = [];
    for (let i = 0; i < 60; i++) {
      const card = await teams.shown(isCard);
      titles.push(titleOf(card));
      if (titleOf(card).includes(flow.end.title)) break;
      if (i === 10) await app.restart();
      const { action, inputs } = onward(card);
      await teams.press(card, action, inputs);
      await teams.shown(isCard, card);
    }
    expect(titles.at(-1)).toContain(flow.end.title);
    expect(new Set(titles).size).toBeGreaterThan(20);
  }, 240_000);

  it('keeps to itself what is said in the group, and answers in the person’s own chat', async () => {
    const group = teams.group;
    await teams.mention('status', group);
    await teams.shown((m) => m.conversation === group && /own chat|chat with me/.test(m.text));
    expect([...teams.messages.values()].filter((m) => m.conversation === group && m.card)).toEqual([]);
  });
});
