import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Incoming } from '../../../src/bot/incoming.ts';
import { message } from '../../../src/bot/message.ts';
import { deliveryTo, type Mode, type Rig, type RigOptions, startRig } from '../../support/slack/rig.ts';

let rig: Rig;
afterEach(() => rig.stop());

const said = () => rig.received.map((incoming) => incoming.said);
const button = (verb: string, label: string, more = {}) => ({
  action: { verb },
  label,
  style: 'plain' as const,
  ...more,
});

/** A receive that fails so many times, then keeps what comes. */
function failing(
  times: number,
  how: () => Promise<never> = () => Promise.reject(new Error('the database is gone')),
) {
  const kept: Incoming[] = [];
  const tries: string[] = [];
  const seen = new Set<string>();
  const receive = async (incoming: Incoming) => {
    tries.push(incoming.id);
    if (tries.length <= times) return how();
    if (seen.has(incoming.id)) return 'duplicate' as const;
    seen.add(incoming.id);
    kept.push(incoming);
    return 'received' as const;
  };
  return { receive, kept, tries };
}

/** Never in time. */
const stuck = () => new Promise<never>(() => {});

async function startIn(mode: Mode, options: RigOptions = {}): Promise<Rig> {
  rig = await startRig({ mode, ...options });
  return rig;
}

async function eventually(check: () => void): Promise<void> {
  for (let n = 0; ; n++) {
    try {
      return check();
    } catch (error) {
      if (n === 100) throw error;
      await sleep(20);
    }
  }
}

describe.each<Mode>(['http', 'socket'])('over %s', (mode) => {
  test('what a person writes comes with who they are, where they are, and what they typed', async () => {
    await startIn(mode);
    await rig.people.say('U1', 'pass&amp;word &lt;3', { files: [{ id: 'F1' }], subtype: 'file_share' });
    expect(rig.received).toMatchObject([
      {
        from: { provider: 'slack', tenant: 'T1', id: 'U1' },
        profile: { name: 'Person U1', locale: 'en-US', zone: 'America/New_York' },
        conversation: { key: 'T1/U1', reference: { user: 'U1' } },
        said: { kind: 'text', text: 'pass&word <3', files: 1 },
      },
    ]);
  });

  test('a press comes with its action, from a button and from the menu', async () => {
    await startIn(mode);
    const buttons = ['a', 'b', 'c', 'd', 'e', 'f'].map((v) =>
      button(v, `Press ${v}`, { action: { verb: v, about: 'j1', step: 's', revision: 4 } }),
    );
    await rig.bot.channel.deliver(deliveryTo('U1', { buttons }));
    await rig.people.press('U1', 'Press a');
    await rig.people.press('U1', 'Press f');
    expect(said()).toEqual(
      ['a', 'f'].map((verb) => ({ kind: 'press', action: { verb, about: 'j1', step: 's', revision: 4 } })),
    );
  });

  test('a date is sent with its own button, and asked for where none was picked', async () => {
    await startIn(mode);
    const input = {
      kind: 'date' as const,
      label: 'When?',
      submit: 'That day',
      action: { verb: 'signed-on' },
    };
    await rig.bot.channel.deliver(deliveryTo('U1', { input }));
    await rig.people.press('U1', 'That day');
    await eventually(() =>
      expect(rig.slack.model.ephemerals.map((e) => e.text)).toEqual([
        expect.stringContaining('Choose a date first'),
      ]),
    );
    await rig.people.press('U1', 'That day', {
      values: { 'ask-date': { date: { type: 'datepicker', selected_date: '2026-11-20' } } },
    });
    expect(said()).toEqual([{ kind: 'press', action: { verb: 'signed-on' }, value: '2026-11-20' }]);
  });

  test('a text is written in a form, and comes as a press with what was written', async () => {
    await startIn(mode);
    const input = {
      kind: 'text' as const,
      label: 'Describe it',
      submit: 'Send',
      action: { verb: 'describe', step: 's' },
    };
    await rig.bot.channel.deliver(deliveryTo('U1', { input }));
    await rig.people.press('U1', 'Describe it');
    await eventually(() => expect(rig.slack.model.modals.size).toBe(1));
    expect(rig.received).toEqual([]);
    expect(await rig.people.submit('U1', 'A red cross appears')).toMatchObject({ status: 200 });
    expect(said()).toEqual([
      { kind: 'press', action: { verb: 'describe', step: 's' }, value: 'A red cross appears' },
    ]);
    expect(rig.slack.model.modals.size).toBe(0);
  });

  test('/ecadesk with a word, and without one, is that word in the direct conversation', async () => {
    await startIn(mode);
    const answer = await rig.people.command('U1', 'done');
    await rig.people.command('U1', '');
    expect(said()).toEqual(['done', 'status'].map((text) => ({ kind: 'text', text, files: 0 })));
    expect(rig.received[0]?.conversation.key).toBe('T1/U1');
    expect(answer).toMatchObject({
      status: 200,
      body: { response_type: 'ephemeral', text: expect.stringContaining('answered') },
    });
  });

  test('an event that could not be saved is not acknowledged, and is saved once when Slack delivers it again', async () => {
    const { receive, kept, tries } = failing(2);
    await startIn(mode, { receive, saveWithin: 300 });
    const answered = await rig.people.say('U1', 'done');
    expect([answered.status, kept.length, tries.length]).toEqual([200, 1, 3]);
  });

  test('an event that takes too long is not acknowledged, and a later delivery of it is', async () => {
    const { receive, kept } = failing(1, stuck);
    await startIn(mode, { receive, saveWithin: 150 });
    expect(await rig.people.say('U1', 'done')).toMatchObject({ status: 200 });
    expect(kept).toHaveLength(1);
  });

  test('a press that could not be saved asks to press again, and claims nothing', async () => {
    const { receive } = failing(1);
    await startIn(mode, { receive });
    await rig.bot.channel.deliver(deliveryTo('U1', { buttons: [button('done', 'Done')] }));
    expect(await rig.people.press('U1', 'Done')).toMatchObject({ status: 200 });
    await eventually(() =>
      expect(rig.slack.model.ephemerals.map((e) => e.text)).toEqual([
        'I could not save that. Please press the button again.',
      ]),
    );
  });

  test('a press that takes too long is answered within three seconds, and asks to press again', async () => {
    await startIn(mode, { receive: stuck });
    await rig.bot.channel.deliver(deliveryTo('U1', { buttons: [button('done', 'Done')] }));
    const begun = Date.now();
    expect(await rig.people.press('U1', 'Done')).toMatchObject({ status: 200 });
    expect(Date.now() - begun).toBeLessThan(2_900);
    await eventually(() => expect(rig.slack.model.ephemerals).toHaveLength(1));
  });

  test('a command that could not be saved asks to send it again', async () => {
    await startIn(mode, { receive: failing(1).receive });
    expect(await rig.people.command('U1', 'done')).toMatchObject({
      status: 200,
      body: { text: 'I could not save that. Please send the command again.' },
    });
  });

  test('a form that could not be saved stays open with its text, and says so', async () => {
    await startIn(mode, { receive: failing(1).receive });
    await rig.bot.channel.deliver(
      deliveryTo('U1', {
        input: { kind: 'text', label: 'Describe it', submit: 'Send', action: { verb: 'describe' } },
      }),
    );
    await rig.people.press('U1', 'Describe it');
    await eventually(() => expect(rig.slack.model.modals.size).toBe(1));
    expect(await rig.people.submit('U1', 'words')).toMatchObject({
      body: { response_action: 'errors', errors: { text: expect.stringContaining('could not save') } },
    });
    expect(rig.slack.model.modals.size).toBe(1);
    expect(await rig.people.submit('U1', 'words')).toMatchObject({ status: 200 });
  });

  test('four deliveries of one event carry one identity, and so do two of one press; a double click carries two', async () => {
    await startIn(mode);
    const event = {
      type: 'message',
      channel_type: 'im',
      channel: rig.slack.model.direct('U1').id,
      user: 'U1',
      text: 'done',
      ts: '1.000001',
    };
    for (let n = 0; n < 4; n++) await rig.people.raw('events_api', rig.people.envelope(event, 'Ev7'));
    expect(new Set(rig.received.map((i) => i.id))).toEqual(new Set(['Ev7']));
    rig.received.length = 0;
    await rig.bot.channel.deliver(deliveryTo('U1', { buttons: [button('done', 'Done')] }));
    await rig.people.press('U1', 'Done', { actionTs: '5.000001' });
    await rig.people.press('U1', 'Done', { actionTs: '5.000001' });
    await rig.people.press('U1', 'Done', { actionTs: '5.000002' });
    expect(new Set(rig.received.map((i) => i.id)).size).toBe(2);
  });

  test('an edit and a deletion are told, but not a preview that Slack adds, nor what the bot does itself', async () => {
    await startIn(mode);
    const common = { type: 'message', channel_type: 'im', channel: 'DU1', ts: '9.1' };
    const of = (text: string, more = {}) => ({ user: 'U1', text, ts: '1.1', ...more });
    await rig.people.event({
      ...common,
      subtype: 'message_changed',
      message: of('new'),
      previous_message: of('old'),
    });
    await rig.people.event({
      ...common,
      subtype: 'message_changed',
      message: of('http://a.example'),
      previous_message: of('http://a.example'),
    });
    await rig.people.event({
      ...common,
      subtype: 'message_changed',
      message: of('new', { bot_id: 'B1' }),
      previous_message: of('old', { bot_id: 'B1' }),
    });
    await rig.people.event({ ...common, subtype: 'message_deleted', previous_message: of('gone') });
    await rig.people.event({ ...common, user: 'UBOT', bot_id: 'B1', text: 'Hello' });
    await rig.people.event({ ...common, subtype: 'channel_join', user: 'U1', text: 'joined' });
    await rig.people.event({
      ...common,
      channel_type: 'channel',
      channel: 'C1',
      user: 'U1',
      text: 'not for the bot',
    });
    expect(said()).toEqual([{ kind: 'edited' }, { kind: 'deleted' }]);
  });

  test('one who mentions the bot in a channel is asked into a direct message, and what was written there goes nowhere', async () => {
    await startIn(mode, { prepare: (slack) => void slack.model.addChannel('C9', 'public', ['UBOT', 'U1']) });
    await rig.people.event({
      type: 'app_mention',
      user: 'U1',
      channel: 'C9',
      text: '<@UBOT> my code is 123',
      ts: '3.1',
    });
    expect(rig.received).toMatchObject([{ said: { kind: 'opened' }, conversation: { key: 'T1/U1' } }]);
    await eventually(() =>
      expect(rig.slack.model.ephemerals).toEqual([
        { channel: 'C9', user: 'U1', text: expect.stringContaining('Let us talk in a direct message') },
      ]),
    );
  });

  test('who opens an empty conversation is greeted; one with words in it is left alone', async () => {
    await startIn(mode);
    const opening = {
      type: 'app_home_opened',
      tab: 'messages',
      user: 'U1',
      channel: rig.slack.model.direct('U1').id,
    };
    await rig.people.event(opening);
    await rig.bot.channel.deliver(deliveryTo('U1'));
    await rig.people.event(opening);
    expect(said()).toEqual([{ kind: 'opened' }]);
  });

  test('the App Home shows what the bot has to tell, and is drawn anew after a press there', async () => {
    let round = 0;
    const home = async () => [
      message.parse({
        summary: 'Progress',
        tone: 'info',
        title: `Round ${++round}`,
        buttons: [button('resume', 'Resume')],
      }),
    ];
    await startIn(mode, { home });
    await rig.people.event({ type: 'app_home_opened', tab: 'home', user: 'U1', channel: 'DU1' });
    await eventually(() => expect(JSON.stringify(rig.slack.model.homes.get('U1'))).toContain('Round 1'));
    await rig.people.pressAtHome('U1', 'Resume');
    expect(said()).toEqual([{ kind: 'press', action: { verb: 'resume' } }]);
    await eventually(() => expect(JSON.stringify(rig.slack.model.homes.get('U1'))).toContain('Round 2'));
  });

  test('a press in the App Home that could not be saved is told in the direct conversation', async () => {
    const home = async () => [
      message.parse({ summary: 'Progress', tone: 'info', buttons: [button('resume', 'Resume')] }),
    ];
    await startIn(mode, { home, receive: failing(1).receive });
    await rig.people.event({ type: 'app_home_opened', tab: 'home', user: 'U1' });
    await eventually(() => expect(rig.slack.model.homes.size).toBe(1));
    await rig.people.pressAtHome('U1', 'Resume');
    await eventually(() =>
      expect(rig.slack.model.direct('U1').messages.map((m) => m.text)).toEqual([
        expect.stringContaining('press the button again'),
      ]),
    );
  });

  test('an App Home that cannot be read holds nothing up', async () => {
    await startIn(mode, { home: () => Promise.reject(new Error('no database')) });
    expect(await rig.people.event({ type: 'app_home_opened', tab: 'home', user: 'U1' })).toMatchObject({
      status: 200,
    });
    await eventually(() => expect(rig.logged.join()).toContain('App Home could not be shown'));
  });

  test('events that overtake each other each arrive once, as they came', async () => {
    await startIn(mode);
    const texts = Array.from({ length: 20 }, (_, i) => `m${i}`);
    await Promise.all(texts.toReversed().map((text) => rig.people.say('U1', text)));
    expect(
      said()
        .map((s) => (s.kind === 'text' ? s.text : ''))
        .toSorted(),
    ).toEqual(texts.toSorted());
  });

  test('revoked tokens are told to whoever reads the log', async () => {
    await startIn(mode);
    await rig.people.event({ type: 'tokens_revoked', tokens: {} });
    expect(rig.logged.join()).toContain('install it again');
  });
});
