import { afterEach, describe, expect, test } from 'vitest';
import type { IdentityKey } from '../../../src/bot/incoming.ts';
import { deliveryTo, type Rig, type RigOptions, startRig } from '../../support/slack/rig.ts';

let rig: Rig;
afterEach(() => rig.stop());

const desk = 'CDESK';
let now = Date.now();

/** U1 is staff, and so are three hundred others; U2 is an employee. */
async function start(options: RigOptions & { kind?: 'private' | 'public' } = {}): Promise<void> {
  now = Date.now();
  const { kind = 'private', prepare, ...more } = options;
  rig = await startRig({
    settings: { helpDeskChannel: desk },
    clock: () => new Date(now),
    ...more,
    prepare(slack) {
      const others = Array.from({ length: 300 }, (_, i) => `UX${i}`);
      slack.model.addChannel(desk, kind, ['UBOT', ...others, 'U1']);
      prepare?.(slack);
    },
  });
}

const who = (id: string, more: Partial<IdentityKey> = {}): IdentityKey => ({
  provider: 'slack',
  tenant: 'T1',
  id,
  ...more,
});
const isStaff = async (id: string, more: Partial<IdentityKey> = {}) =>
  rig.bot.channel.isStaff?.(who(id, more));
const channel = () => rig.slack.model.channels.get(desk);
const post = (more = {}) =>
  deliveryTo(
    'U1',
    { summary: 'Somebody is stuck', tone: 'staff' },
    { conversation: { key: `channel/${desk}`, reference: { channel: desk } }, audience: 'staff', ...more },
  );

describe('staff', () => {
  test('are the members of the help-desk channel, however many there are', async () => {
    await start();
    expect([await isStaff('U1'), await isStaff('U2')]).toEqual([true, false]);
    expect(rig.slack.callsOf('conversations.members')).toHaveLength(2);
  });

  test.each([
    ['guests', { is_restricted: true }],
    ['single-channel guests', { is_ultra_restricted: true }],
    ['members of other organisations', { team_id: 'T9' }],
    ['strangers', { is_stranger: true }],
    ['bots', { is_bot: true }],
    ['deactivated accounts', { deleted: true }],
  ])('are not %s, though they are in the channel', async (_, user) => {
    await start({ prepare: (slack) => void slack.model.addUser('U1', user) });
    expect(await isStaff('U1')).toBe(false);
  });

  test('are not people of another workspace or another channel with the same id', async () => {
    await start();
    expect(await isStaff('U1', { tenant: 'T9' })).toBe(false);
    expect(await isStaff('U1', { provider: 'teams' })).toBe(false);
  });

  test('who leave the channel, or lose their account, are no staff within five minutes', async () => {
    await start();
    expect(await isStaff('U1')).toBe(true);
    channel()?.members.delete('U1');
    now += 5 * 60_000;
    expect(await isStaff('U1')).toBe(false);
    channel()?.members.add('U1');
    rig.slack.model.addUser('U1', { deleted: true });
    now += 5 * 60_000;
    expect(await isStaff('U1')).toBe(false);
  });

  test('are asked of Slack once in a while, not at every press', async () => {
    await start();
    for (let n = 0; n < 10; n++) await isStaff('U1');
    expect(rig.slack.callsOf('users.info')).toHaveLength(1);
    expect(rig.slack.callsOf('conversations.members')).toHaveLength(2);
  });

  test.each(['conversations.info', 'conversations.members', 'users.info'])(
    'is nobody while Slack does not answer %s, and again who they are once it does',
    async (method) => {
      await start();
      now += 10 * 60_000;
      rig.slack.faults.order(method, { kind: 'status', status: 500 });
      expect([await isStaff('U1'), await isStaff('U1')]).toEqual([false, true]);
    },
  );

  test('is nobody once the channel is public, and no post goes there', async () => {
    await start();
    expect(await isStaff('U1')).toBe(true);
    const open = channel();
    if (open) open.kind = 'public';
    now += 5 * 60_000;
    expect(await isStaff('U1')).toBe(false);
    await expect(rig.bot.channel.deliver(post())).rejects.toMatchObject({
      code: 'conversation-gone',
      message: expect.stringContaining('make it private'),
    });
    expect(channel()?.messages).toEqual([]);
  });

  test('is nobody where no help-desk channel is set', async () => {
    await start({ settings: {} });
    expect(await isStaff('U1')).toBe(false);
    expect(rig.bot.channel.staffConversation).toBeUndefined();
  });
});

describe('the help-desk channel', () => {
  test('that is public stops the start, and says what to do', async () => {
    await start({ kind: 'public', start: false });
    await expect(rig.bot.channel.start?.()).rejects.toThrow(
      /SLACK_HELPDESK_CHANNEL is a public channel: make it private/,
    );
  });

  test('that the bot was not invited to does not stop the start, but is told', async () => {
    await start({ prepare: (slack) => void slack.model.channels.get(desk)?.members.delete('UBOT') });
    expect(rig.logged.join()).toContain('is the bot invited?');
    await expect(rig.bot.channel.deliver(post())).rejects.toMatchObject({ code: 'conversation-gone' });
  });

  test('gets the staff post, its edits and what is said below it, and tells who pressed there', async () => {
    await start();
    const claim = { action: { verb: 'claim', about: 'e1' }, label: 'Claim', style: 'primary' as const };
    const first = post();
    const { ref } = await rig.bot.channel.deliver({
      ...first,
      message: { ...first.message, buttons: [claim] },
    });
    await rig.bot.channel.deliver(post({ target: ref }));
    expect(channel()?.messages[1]?.thread_ts).toBe(channel()?.messages[0]?.ts);
    await rig.people.press('U1', 'Claim', { channel: desk });
    expect(rig.received).toMatchObject([
      { from: who('U1'), said: { kind: 'press', action: claim.action }, conversation: { key: 'T1/U1' } },
    ]);
    await rig.bot.channel.deliver(post({ op: 'edit', target: ref, hint: rig.received[0]?.hint }));
    expect(channel()?.messages[0]?.edits).toBe(1);
    expect(rig.slack.callsOf('response_url')).toHaveLength(1);
  });
});
