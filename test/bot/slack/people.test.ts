import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackClient } from '../../../src/bot/slack/client.ts';
import { People } from '../../../src/bot/slack/people.ts';
import { SlackServer } from '../../support/slack/server.ts';

const silent = { info() {}, warn() {}, error() {} };
let slack: SlackServer;
let now: number;
let people: People;

beforeEach(async () => {
  slack = await SlackServer.start();
  slack.model.addUser('U1', { tz: 'America/New_York' });
  now = Date.now();
  const client = slackClient(
    {
      botToken: slack.botToken,
      signingSecret: null,
      appToken: null,
      apiUrl: slack.apiUrl,
      helpDeskChannel: null,
    },
    silent,
  );
  people = new People(client, () => new Date(now), silent);
});
afterEach(() => slack.stop());

describe('who a person is', () => {
  test('is asked once, however many ask at the same time', async () => {
    await Promise.all([people.profile('U1'), people.profile('U1'), people.profile('U1')]);
    expect(await people.profile('U1')).toEqual({
      name: 'Person U1',
      locale: 'en-US',
      zone: 'America/New_York',
    });
    expect(slack.callsOf('users.info')).toHaveLength(1);
  });

  test('is asked anew when it has become old, without keeping anybody waiting', async () => {
    await people.profile('U1');
    slack.model.addUser('U1', { tz: 'Europe/Berlin' });
    now += 7 * 3_600_000;
    expect((await people.profile('U1')).zone).toBe('America/New_York');
    await expect.poll(async () => (await people.profile('U1')).zone).toBe('Europe/Berlin');
    expect(slack.callsOf('users.info')).toHaveLength(2);
  });

  test('is not known where Slack does not tell, and not asked again for a minute', async () => {
    slack.faults.order('users.info', { kind: '429', retryAfter: 30 });
    expect(await people.profile('U1')).toEqual({});
    expect(await people.profile('U1')).toEqual({});
    expect(slack.callsOf('users.info')).toHaveLength(1);
    now += 61_000;
    await expect.poll(async () => (await people.profile('U1')).name).toBe('Person U1');
  });

  test('does not keep a message waiting while Slack is slow', async () => {
    slack.faults.order('users.info', { kind: 'slow', ms: 3000 });
    const begun = Date.now();
    expect(await people.profile('U1')).toEqual({});
    expect(Date.now() - begun).toBeLessThan(1500);
  });
});
