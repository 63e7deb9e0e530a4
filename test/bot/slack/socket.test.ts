import { afterEach, describe, expect, test } from 'vitest';
import { type Rig, startRig } from '../../support/slack/rig.ts';

let rig: Rig;
afterEach(() => rig.stop());

const connected = async () => {
  await rig.slack.socket.connected();
  return rig.people.say('U1', 'status');
};

describe('Socket Mode', () => {
  test('needs no address of ours', async () => {
    rig = await startRig({ mode: 'socket' });
    expect(rig.bot.routes).toBeNull();
    expect(await connected()).toMatchObject({ status: 200 });
  });

  test('connects again when Slack asks for it', async () => {
    rig = await startRig({ mode: 'socket' });
    rig.slack.socket.refresh();
    await expect.poll(() => rig.slack.callsOf('apps.connections.open').length, { timeout: 5000 }).toBe(2);
    expect(await connected()).toMatchObject({ status: 200 });
  });

  test('survives a network that is away for a while, at every stage of connecting', async () => {
    rig = await startRig({ mode: 'socket' });
    rig.slack.faults.order('apps.connections.open', { kind: 'cut-before' });
    rig.slack.faults.order('apps.connections.open', { kind: 'status', status: 500 });
    rig.slack.faults.order('apps.connections.open', { kind: '429', retryAfter: 1 });
    rig.slack.socket.open = false;
    rig.slack.socket.cut();
    await expect
      .poll(() => rig.slack.callsOf('apps.connections.open').length, { timeout: 15_000 })
      .toBeGreaterThan(4);
    rig.slack.socket.open = true;
    expect(await connected()).toMatchObject({ status: 200 });
    expect(rig.received).toHaveLength(1);
  }, 40_000);

  test('goes on trying when Slack is away at the start', async () => {
    rig = await startRig({
      mode: 'socket',
      prepare: (slack) => slack.faults.order('apps.connections.open', { kind: 'cut-before' }),
    });
    expect(await connected()).toMatchObject({ status: 200 });
  });

  test('stops the start when Slack refuses its token, and says what to do', async () => {
    rig = await startRig({ mode: 'socket', start: false, settings: { appToken: 'xapp-wrong' } });
    await expect(rig.bot.channel.start?.()).rejects.toThrow(
      /SLACK_APP_TOKEN is refused by Slack \(invalid_auth\)/,
    );
  });

  test('does not acknowledge what Slack would not send, and stays connected', async () => {
    rig = await startRig({ mode: 'socket' });
    expect(await rig.slack.socket.send('interactive', { type: 'block_actions' }, 500)).toBeUndefined();
    expect(await connected()).toMatchObject({ status: 200 });
  });
});
