import { readFileSync } from 'node:fs';
import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { DeliveryError } from '../../../src/bot/channel.ts';
import { createSlack, type Slack } from '../../../src/bot/slack/index.ts';
import { deliveryTo } from '../../support/slack/rig.ts';

/**
 * The same channel against a Slack that somebody else wrote (`emulate`), with a token that has just the permissions
 * of our manifest. What `emulate` lacks (interactivity, commands, Socket Mode) our own server has.
 */

const manifest = z
  .object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) })
  .parse(JSON.parse(readFileSync(new URL('../../../slack/manifest.json', import.meta.url), 'utf8')));

const token = 'xoxb-emulate';
let emulator: Emulator;
let slack: Slack;
let user: string;
let desk: string;

const lists = z.object({
  members: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
  channels: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

async function call(method: string, args: Record<string, string> = {}, as = 'xoxp-admin'): Promise<unknown> {
  const response = await fetch(`${emulator.url}/api/${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}` },
    body: new URLSearchParams(args),
  });
  return response.json();
}

beforeAll(async () => {
  emulator = await createEmulator({
    service: 'slack',
    seed: {
      slack: {
        strict_scopes: true,
        users: [{ name: 'ana' }, { name: 'ecadesk' }],
        channels: [{ name: 'help-desk', is_private: true }],
        tokens: [
          { token: 'xoxp-admin', user: 'admin', scopes: ['users:read', 'channels:read', 'groups:read'] },
          { token, user: 'ecadesk', type: 'bot', scopes: manifest.oauth_config.scopes.bot },
        ],
      },
    },
  });
  user = lists.parse(await call('users.list')).members?.find((m) => m.name === 'ana')?.id ?? '';
  const channels = lists.parse(await call('conversations.list', { types: 'private_channel' })).channels;
  desk = channels?.find((c) => c.name === 'help-desk')?.id ?? '';
  slack = createSlack({
    settings: {
      botToken: token,
      signingSecret: 'a-secret',
      appToken: null,
      apiUrl: `${emulator.url}/api/`,
      helpDeskChannel: desk,
    },
    receive: async () => 'received',
    home: async () => [],
    pictures: { address: () => null, read: async () => Buffer.from('png') },
    keep: { get: async () => null, set: async () => {} },
    clock: () => new Date(),
    log: { info() {}, warn() {}, error() {} },
  });
});
afterAll(() => emulator.close());

const shown = z.object({ messages: z.array(z.object({ ts: z.string(), text: z.string() })) });
const history = async (channel: string) =>
  shown.parse(await call('conversations.history', { channel }, token)).messages;
const postRef = z.object({ channel: z.string(), parts: z.array(z.string()) });

describe('against emulate, with the permissions of the manifest', () => {
  test('it starts, and finds the help-desk channel private', async () => {
    await slack.channel.start?.();
  });

  test('a message is posted, edited and deleted', async () => {
    const { ref } = await slack.channel.deliver(deliveryTo(user, { summary: 'First', title: 'Step 1' }));
    const { channel } = postRef.parse(ref);
    expect((await history(channel)).map((m) => m.text)).toEqual(['First']);
    await slack.channel.deliver(deliveryTo(user, { summary: 'Second' }, { op: 'edit', target: ref }));
    expect((await history(channel)).map((m) => m.text)).toEqual(['Second']);
    await slack.channel.deliver(deliveryTo(user, {}, { op: 'delete', target: ref }));
    expect(await history(channel)).toEqual([]);
  });

  test('who is in the channel is staff', async () => {
    const tenant = z.object({ team_id: z.string() }).parse(await call('auth.test', {}, token)).team_id;
    expect(await slack.channel.isStaff?.({ provider: 'slack', tenant, id: user })).toBe(true);
    expect(await slack.channel.isStaff?.({ provider: 'slack', tenant, id: 'U404' })).toBe(false);
  });

  test('an unknown person cannot be reached', async () => {
    const failed = await slack.channel.deliver(deliveryTo('U404404')).catch((e: DeliveryError) => e);
    expect(failed).toMatchObject({ code: 'conversation-gone' });
  });
});
