import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/bot/channel.ts';
import { OpenPress } from '../../../src/bot/teams/open-press.ts';
import { threadWindows } from '../../../src/bot/teams/pacing.ts';
import type { Reference } from '../../../src/bot/teams/reference.ts';
import { tenant } from '../../support/teams/activities.ts';
import { startTeamsBot, type TeamsBot } from '../../support/teams/bot.ts';
import { ConnectorServer, type Fault } from '../../support/teams/connector-server.ts';
import { freePort } from '../../support/teams/playground.ts';

describe('delivering to Teams', () => {
  let connector: ConnectorServer;
  let bot: TeamsBot;

  beforeAll(async () => {
    connector = await ConnectorServer.start();
    bot = await startTeamsBot();
  });
  afterEach(() => {
    connector.calls.length = 0;
    connector.messages.clear();
    connector.faults = [];
  });
  afterAll(async () => {
    await bot.end();
    await connector.stop();
  });

  const reference = (): Reference => ({
    serviceUrl: connector.url,
    tenant,
    conversation: 'a:chat',
    place: 'personal',
    bot: '28:bot',
  });
  const delivery = (change: Partial<Delivery> = {}): Delivery => ({
    id: 'outbox-1',
    conversation: { key: 'k', reference: reference() },
    audience: 'employee',
    op: 'post',
    message: { summary: 'Hello', tone: 'info', title: 'Hello', fields: [], buttons: [] },
    ambiguous: false,
    ...change,
  });
  const outcome = async (given: Delivery) => {
    try {
      await bot.channel.deliver(given);
      return 'delivered';
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };
  const posted = async () => (await bot.channel.deliver(delivery())).ref;

  it('posts a card with its sentence for notifications, edits it in place and takes it away', async () => {
    const ref = await posted();
    expect(ref).toEqual({ conversation: 'a:chat', activity: expect.any(String) });
    expect(connector.posted()[0]).toMatchObject({
      type: 'message',
      summary: 'Hello',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { version: '1.5', speak: 'Hello' },
        },
      ],
    });
    const other = { ...delivery().message, summary: 'Changed' };
    expect((await bot.channel.deliver(delivery({ op: 'edit', target: ref, message: other }))).ref).toEqual(
      ref,
    );
    expect(connector.posted()).toEqual([expect.objectContaining({ summary: 'Changed' })]);
    await bot.channel.deliver(delivery({ op: 'delete', target: ref }));
    expect(connector.posted()).toEqual([]);
  });

  type Row = [string, Fault, string, 'kept' | 'not kept'];
  const postRows: Row[] = [
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 'rate-limited', 'not kept'],
    ['429 without Retry-After', { status: 429 }, 'rate-limited', 'not kept'],
    ['412', { status: 412 }, 'unavailable', 'not kept'],
    ['401', { status: 401 }, 'unavailable', 'not kept'],
    ['500', { status: 500 }, 'ambiguous', 'not kept'],
    ['502', { status: 502 }, 'ambiguous', 'not kept'],
    ['502 although it was posted', { status: 502, accept: true }, 'ambiguous', 'kept'],
    ['503', { status: 503 }, 'unavailable', 'not kept'],
    ['504', { status: 504 }, 'ambiguous', 'not kept'],
    ['403', { status: 403, code: 'ConversationBlockedByUser' }, 'conversation-gone', 'not kept'],
    ['404', { status: 404, code: 'ConversationNotFound' }, 'conversation-gone', 'not kept'],
    ['400', { status: 400, code: 'BadSyntax' }, 'refused', 'not kept'],
    ['a lost answer', { cut: true, accept: true }, 'ambiguous', 'kept'],
    ['a connection cut before the message was taken', { cut: true }, 'ambiguous', 'not kept'],
  ];
  it.each(postRows)('a post answered by %s is sent once and ends so', async (_name, fault, code, kept) => {
    connector.faults = [fault];
    expect(await outcome(delivery())).toBe(code);
    expect(connector.calls).toHaveLength(1);
    expect(connector.posted()).toHaveLength(kept === 'kept' ? 1 : 0);
  });

  it('passes on how long the connector asked to wait', async () => {
    connector.faults = [{ status: 429, headers: { 'retry-after': '7' } }];
    await expect(bot.channel.deliver(delivery())).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfter: 7000,
    });
  });

  it('says that nothing was sent where nobody listens', async () => {
    const nobody = {
      key: 'k',
      reference: { ...reference(), serviceUrl: `http://127.0.0.1:${await freePort()}/` },
    };
    expect(await outcome(delivery({ conversation: nobody }))).toBe('unavailable');
  });

  it.each([
    ['502', { status: 502 }, 'unavailable'],
    ['a lost answer', { cut: true, accept: true }, 'unavailable'],
    ['429', { status: 429 }, 'rate-limited'],
    ['404', { status: 404 }, 'target-gone'],
    ['403', { status: 403 }, 'conversation-gone'],
  ] satisfies [string, Fault, string][])(
    'an edit answered by %s may be repeated at will',
    async (_name, fault, code) => {
      const target = await posted();
      connector.calls.length = 0;
      connector.faults = [fault];
      expect(await outcome(delivery({ op: 'edit', target }))).toBe(code);
      expect(connector.calls).toHaveLength(1);
      if (code === 'unavailable') expect(await outcome(delivery({ op: 'edit', target }))).toBe('delivered');
      expect(connector.posted()).toHaveLength(1);
    },
  );

  it('an edit of a message that was deleted is told from other refusals', async () => {
    const target = await posted();
    connector.messages.clear();
    expect(await outcome(delivery({ op: 'edit', target }))).toBe('target-gone');
    expect(await outcome(delivery({ op: 'delete', target }))).toBe('target-gone');
  });

  it('sends a shorter card where Teams found the first one too large, and gives up after that', async () => {
    const message = { ...delivery().message, body: 'Much to read. '.repeat(1400) };
    connector.faults = [{ status: 413, code: 'MessageSizeTooBig' }];
    expect(await outcome(delivery({ message }))).toBe('delivered');
    expect(JSON.stringify(connector.posted()[0])).toContain('(shortened)');
    connector.faults = [{ status: 413 }, { status: 413 }];
    expect(await outcome(delivery({ message }))).toBe('refused');
  });

  it('doubles a message at most once for each lost answer', async () => {
    connector.faults = [
      { cut: true, accept: true },
      { status: 504, accept: true },
    ];
    let attempts = 0;
    for (let ambiguous = false; ; ambiguous = true) {
      attempts++;
      if ((await outcome(delivery({ ambiguous }))) === 'delivered') break;
    }
    expect(attempts).toBe(3);
    expect(connector.posted()).toHaveLength(3);
  });

  it('begins a thread of its own for a post in a channel, and edits it there', async () => {
    const channel = {
      key: 'c',
      reference: { ...reference(), conversation: '19:desk@thread.tacv2', place: 'channel' },
    };
    const { ref } = await bot.channel.deliver(delivery({ conversation: channel, audience: 'staff' }));
    expect(connector.calls[0]).toMatchObject({
      path: '/connector/v3/conversations',
      body: { isGroup: true, channelData: { channel: { id: '19:desk@thread.tacv2' } }, tenantId: tenant },
    });
    expect(ref).toEqual({
      conversation: 'thread;messageid=m1'.replace('m1', String((ref as { activity: string }).activity)),
      activity: expect.any(String),
    });
    await bot.channel.deliver(
      delivery({ conversation: channel, audience: 'staff', op: 'edit', target: ref }),
    );
    expect(connector.calls[1]?.path).toContain('thread;messageid=');
  });

  it('answers an open press with the edited card, before the update is through', async () => {
    const target = await posted();
    const activity = (target as { activity: string }).activity;
    const open = new OpenPress(activity);
    const done = bot.channel.deliver(delivery({ op: 'edit', target, hint: open }));
    expect(await open.card()).toMatchObject({ type: 'AdaptiveCard', speak: 'Hello' });
    await done;
    const other = new OpenPress('another card');
    await bot.channel.deliver(delivery({ op: 'edit', target, hint: other }));
    expect(await other.card()).toBeNull();
    expect(await new OpenPress('nobody answers').card(20)).toBeNull();
  });

  it('refuses a conversation whose reference is not its own', async () => {
    expect(await outcome(delivery({ conversation: { key: 'k', reference: { channel: 'C1' } } }))).toBe(
      'refused',
    );
  });
});

describe('the limits of Teams', () => {
  it('are those that Microsoft states, and rise together', () => {
    expect(threadWindows().map(({ per, max }) => `${max}/${per / 1000}`)).toEqual([
      '7/1',
      '8/2',
      '60/30',
      '1800/3600',
    ]);
    expect(threadWindows(70).map(({ max }) => max)).toEqual([70, 80, 600, 18_000]);
  });
});
