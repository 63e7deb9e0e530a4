import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { type Delivery, DeliveryError } from '../../../src/bot/channel.ts';
import { slackClient } from '../../../src/bot/slack/client.ts';
import { Pictures } from '../../../src/bot/slack/pictures.ts';
import type { Fault } from '../../support/slack/faults.ts';
import { deliveryTo, type Rig, startRig } from '../../support/slack/rig.ts';
import { SlackServer } from '../../support/slack/server.ts';

let rig: Rig;
afterEach(() => rig.stop());

const texts = (user = 'U1') => rig.slack.model.direct(user).messages.map((m) => m.text);
const deliver = (delivery: Delivery) => rig.bot.channel.deliver(delivery);
const done = { action: { verb: 'done' }, label: 'Done', style: 'primary' as const };

/** How a delivery failed. */
async function failure(delivery: Delivery): Promise<DeliveryError> {
  const error = await deliver(delivery).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(DeliveryError);
  return error instanceof DeliveryError ? error : new DeliveryError('refused', 'it went through');
}

describe('a message', () => {
  test('is posted with its outbox id, no previews of links, and the answer is kept for later edits', async () => {
    rig = await startRig();
    const delivery = deliveryTo('U1', { summary: 'See https://a.example', body: 'See' });
    const { ref } = await deliver(delivery);
    const [message] = rig.slack.model.direct('U1').messages;
    expect(ref).toEqual({ id: delivery.id, channel: 'DU1', parts: [message?.ts] });
    expect(message?.metadata).toEqual({
      event_type: 'ecadesk_message',
      event_payload: { id: delivery.id, part: 0 },
    });
    expect(rig.slack.callsOf('chat.postMessage')[0]?.args).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
  });

  test('is edited, and deleted; what is deleted already is well', async () => {
    rig = await startRig();
    const { ref } = await deliver(deliveryTo('U1'));
    await deliver(deliveryTo('U1', { summary: 'Edited' }, { op: 'edit', target: ref }));
    expect(texts()).toEqual(['Edited']);
    await deliver(deliveryTo('U1', {}, { op: 'delete', target: ref }));
    await deliver(deliveryTo('U1', {}, { op: 'delete', target: ref }));
    expect(texts()).toEqual([]);
  });

  test('is edited through the answer to the press that caused it, and by chat.update when that is used up', async () => {
    rig = await startRig();
    const { ref } = await deliver(deliveryTo('U1', { buttons: [done] }));
    await rig.people.press('U1', 'Done');
    const hint = rig.received[0]?.hint;
    for (let n = 1; n <= 6; n++)
      await deliver(deliveryTo('U1', { summary: `Edit ${n}` }, { op: 'edit', target: ref, hint }));
    expect(texts()).toEqual(['Edit 6']);
    expect([rig.slack.callsOf('response_url').length, rig.slack.callsOf('chat.update').length]).toEqual([
      5, 1,
    ]);
  });

  test.each<[string, Fault]>([
    ['has expired', { kind: 'status', status: 404 }],
    ['is cut off', { kind: 'cut-before' }],
  ])('is edited by chat.update when the answer to the press %s', async (_, fault) => {
    rig = await startRig();
    const { ref } = await deliver(deliveryTo('U1', { buttons: [done] }));
    await rig.people.press('U1', 'Done');
    rig.slack.faults.order('response_url', fault);
    await deliver(
      deliveryTo('U1', { summary: 'Edited' }, { op: 'edit', target: ref, hint: rig.received[0]?.hint }),
    );
    expect(texts()).toEqual(['Edited']);
    expect(rig.slack.callsOf('chat.update')).toHaveLength(1);
  });

  test('is not edited through the answer to a press on another message, nor through an old one', async () => {
    let now = Date.now();
    rig = await startRig({ clock: () => new Date(now) });
    const { ref: old } = await deliver(deliveryTo('U1', { summary: 'Old' }));
    const { ref } = await deliver(deliveryTo('U1', { buttons: [done] }));
    await rig.people.press('U1', 'Done');
    const hint = rig.received[0]?.hint;
    await deliver(deliveryTo('U1', { summary: 'Old, edited' }, { op: 'edit', target: old, hint }));
    now += 26 * 60_000;
    await deliver(deliveryTo('U1', { summary: 'New, edited' }, { op: 'edit', target: ref, hint }));
    expect(texts()).toEqual(['Old, edited', 'New, edited']);
    expect(rig.slack.callsOf('response_url')).toEqual([]);
  });

  test('to one who wrote in a thread goes there, and is seen outside it too', async () => {
    rig = await startRig();
    await rig.people.say('U1', 'first');
    const parent = rig.slack.model.direct('U1').messages[0]?.ts ?? '';
    await rig.people.say('U1', 'in the thread', { thread_ts: parent });
    const { hint } = rig.received[1] ?? {};
    await deliver(deliveryTo('U1', { summary: 'Answer' }, { hint }));
    expect(rig.slack.model.direct('U1').messages.at(-1)).toMatchObject({
      text: 'Answer',
      thread_ts: parent,
      subtype: 'thread_broadcast',
    });
    await deliver(deliveryTo('U2', { summary: 'To another' }, { hint }));
    expect(rig.slack.model.direct('U2').messages.at(-1)).not.toHaveProperty('thread_ts');
  });

  test('with a target is a reply below it', async () => {
    rig = await startRig();
    const { ref } = await deliver(deliveryTo('U1'));
    await deliver(deliveryTo('U1', { summary: 'Below' }, { target: ref }));
    const [parent, reply] = rig.slack.model.direct('U1').messages;
    expect(reply).toMatchObject({ text: 'Below', thread_ts: parent?.ts });
  });

  test('that is too long for one is sent as several; an edit follows, longer or shorter', async () => {
    rig = await startRig();
    const long = (n: number) => ({ body: 'word '.repeat(n), buttons: [done] });
    const { ref } = await deliver(deliveryTo('U1', long(5000)));
    const many = texts().length;
    expect(many).toBeGreaterThan(1);
    await deliver(deliveryTo('U1', long(8000), { op: 'edit', target: ref }));
    const more = texts().length;
    expect(more).toBeGreaterThan(many);
    await deliver(deliveryTo('U1', long(8000), { op: 'edit', target: ref }));
    expect(texts()).toHaveLength(more);
    const { ref: three } = await deliver(deliveryTo('U2', long(5000)));
    await deliver(deliveryTo('U2', { body: 'short' }, { op: 'edit', target: three }));
    expect(texts('U2')).toHaveLength(1);
  });
});

describe('when Slack does not take it', () => {
  test('a limit on one channel comes with the time to wait, and another channel flows on', async () => {
    rig = await startRig();
    await deliver(deliveryTo('U1', { summary: 'Before' }));
    await deliver(deliveryTo('U2', { summary: 'Before' }));
    rig.slack.faults.order('chat.postMessage', { kind: '429', retryAfter: 7 }, { channel: 'DU1' });
    const [limited, other] = await Promise.all([
      failure(deliveryTo('U1')),
      deliver(deliveryTo('U2', { summary: 'Meanwhile' })),
    ]);
    expect([limited.code, limited.retryAfter]).toEqual(['rate-limited', 7000]);
    expect(other.ref).toBeTruthy();
    expect(rig.slack.callsOf('chat.postMessage')).toHaveLength(4);
  });

  test('a connection cut after Slack took the post leaves one message, not two', async () => {
    rig = await startRig();
    const delivery = deliveryTo('U1', { summary: 'Once' });
    rig.slack.faults.order('chat.postMessage', { kind: 'cut-after' });
    expect((await failure(delivery)).code).toBe('ambiguous');
    const { ref } = await deliver({ ...delivery, ambiguous: true });
    expect(texts()).toEqual(['Once']);
    await deliver(deliveryTo('U1', { summary: 'Edited' }, { op: 'edit', target: ref }));
    expect(texts()).toEqual(['Edited']);
  });

  test('a connection cut before Slack took the post brings it with the next attempt', async () => {
    rig = await startRig();
    const delivery = deliveryTo('U1', { summary: 'Once' });
    rig.slack.faults.order('chat.postMessage', { kind: 'cut-before' });
    expect((await failure(delivery)).code).toBe('ambiguous');
    await deliver({ ...delivery, ambiguous: true });
    expect(texts()).toEqual(['Once']);
  });

  test('a cut in the middle of several parts brings only those that are missing', async () => {
    rig = await startRig();
    const delivery = deliveryTo('U1', { body: 'word '.repeat(8000) });
    await deliver(deliveryTo('U1', { summary: 'Opens the conversation' }));
    await deliver({ ...delivery, id: randomUUID() });
    const parts = texts().length - 1;
    rig.slack.model.direct('U1').messages.length = 0;
    await deliver(deliveryTo('U2'));
    rig.slack.faults.order('chat.postMessage', { kind: 'cut-after' }, { channel: 'DU1' });
    expect((await failure(delivery)).code).toBe('ambiguous');
    rig.slack.faults.order('chat.postMessage', { kind: '429', retryAfter: 1 }, { channel: 'DU1' });
    expect((await failure({ ...delivery, ambiguous: true })).code).toBe('ambiguous');
    await deliver({ ...delivery, ambiguous: true });
    expect(texts()).toHaveLength(parts);
  });

  test('while the history cannot be read, it stays ambiguous and nothing is posted', async () => {
    rig = await startRig();
    const delivery = deliveryTo('U1', { summary: 'Once' });
    rig.slack.faults.order('chat.postMessage', { kind: 'cut-after' });
    await failure(delivery);
    rig.slack.faults.order('conversations.history', { kind: '429', retryAfter: 3 });
    expect(await failure({ ...delivery, ambiguous: true })).toMatchObject({
      code: 'ambiguous',
      retryAfter: 3000,
    });
    expect(texts()).toEqual(['Once']);
  });

  test('an ambiguous reply is found in its thread', async () => {
    rig = await startRig();
    const { ref } = await deliver(deliveryTo('U1'));
    const reply = deliveryTo('U1', { summary: 'Below' }, { target: ref });
    rig.slack.faults.order('chat.postMessage', { kind: 'cut-after' });
    await failure(reply);
    await deliver({ ...reply, ambiguous: true });
    expect(texts()).toEqual(['Hello', 'Below']);
  });

  test.each<[Fault, string]>([
    [{ kind: 'status', status: 500 }, 'ambiguous'],
    [{ kind: 'status', status: 503 }, 'ambiguous'],
    [{ kind: 'status', status: 429 }, 'rate-limited'],
    [{ kind: 'error', code: 'internal_error' }, 'ambiguous'],
    [{ kind: 'error', code: 'ratelimited' }, 'rate-limited'],
    [{ kind: 'error', code: 'channel_not_found' }, 'conversation-gone'],
    [{ kind: 'error', code: 'not_in_channel' }, 'conversation-gone'],
    [{ kind: 'error', code: 'account_inactive' }, 'conversation-gone'],
    [{ kind: 'error', code: 'token_revoked' }, 'conversation-gone'],
    [{ kind: 'error', code: 'is_archived' }, 'conversation-gone'],
    [{ kind: 'error', code: 'msg_too_long' }, 'refused'],
    [{ kind: 'error', code: 'something_new' }, 'refused'],
  ])('%j means %s', async (fault, code) => {
    rig = await startRig();
    rig.slack.faults.order('chat.postMessage', fault);
    const error = await failure(deliveryTo('U1'));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[A-Z].*[.)]$/);
  });

  test('a deactivated account cannot be reached', async () => {
    rig = await startRig();
    rig.slack.model.addUser('U1', { deleted: true });
    expect((await failure(deliveryTo('U1'))).code).toBe('conversation-gone');
  });

  test('nothing was sent where nobody listens: it may go again without a look', async () => {
    const gone = await SlackServer.start();
    const { apiUrl } = gone;
    await gone.stop();
    rig = await startRig({ start: false, settings: { apiUrl } });
    expect((await failure(deliveryTo('U1'))).code).toBe('unavailable');
  });

  test('the message to edit is gone: it is to be posted anew', async () => {
    rig = await startRig();
    const { ref } = await deliver(deliveryTo('U1'));
    rig.slack.model.direct('U1').messages.length = 0;
    expect((await failure(deliveryTo('U1', {}, { op: 'edit', target: ref }))).code).toBe('target-gone');
    expect((await failure(deliveryTo('U1', {}, { op: 'edit', target: 'nonsense' }))).code).toBe(
      'target-gone',
    );
  });
});

describe('a picture', () => {
  const picture = { file: 'usb.png', alt: 'A USB-A plug' };
  const images = () =>
    rig.slack.model.direct('U1').messages.map((m) => m.blocks?.find((b) => b.type === 'image'));

  test('is shown by its public address where there is one', async () => {
    rig = await startRig({
      pictures: { address: (file) => `https://bot.example/p/${file}`, read: async () => Buffer.alloc(0) },
    });
    await deliver(deliveryTo('U1', { picture }));
    expect(images()).toEqual([
      { type: 'image', image_url: 'https://bot.example/p/usb.png', alt_text: 'A USB-A plug' },
    ]);
    expect(rig.slack.callsOf('files.getUploadURLExternal')).toEqual([]);
  });

  test('is uploaded once, and shown by its file to everybody, also after a restart', async () => {
    const kept = new Map<string, string>();
    const keep = {
      get: async (id: string) => kept.get(id),
      set: async (id: string, value: string) => void kept.set(id, value),
    };
    rig = await startRig({ keep });
    await Promise.all([deliver(deliveryTo('U1', { picture })), deliver(deliveryTo('U2', { picture }))]);
    expect(images()).toMatchObject([{ slack_file: { id: expect.stringMatching(/^F/) } }]);
    expect(rig.slack.callsOf('files.getUploadURLExternal')).toHaveLength(1);
    expect(kept.size).toBe(1);
    expect([...kept.keys()][0]).toMatch(/^slack-file:[0-9a-f]{64}$/);
    const silent = { info() {}, warn() {}, error() {} };
    const { botToken, apiUrl } = rig.slack;
    const client = slackClient(
      { botToken, apiUrl, signingSecret: null, appToken: null, helpDeskChannel: null },
      silent,
    );
    const source = { address: () => null, read: async () => Buffer.from('png') };
    const restarted = new Pictures(client, { pictures: source, keep, log: silent });
    expect(await restarted.shown('usb.png')).toEqual({ file: [...kept.values()][0] });
    expect(rig.slack.callsOf('files.getUploadURLExternal')).toHaveLength(1);
  });

  test('is told in words where the upload fails, and the message goes out', async () => {
    rig = await startRig({
      prepare: (slack) => slack.faults.order('files.getUploadURLExternal', { kind: 'status', status: 500 }),
    });
    await deliver(deliveryTo('U1', { picture }));
    expect(images()).toEqual([undefined]);
    expect(JSON.stringify(rig.slack.model.direct('U1').messages)).toContain('Picture: A USB-A plug');
  });

  test('that Slack refuses in a message is told in words', async () => {
    rig = await startRig({
      pictures: { address: () => 'https://unreachable.example/p.png', read: async () => Buffer.alloc(0) },
    });
    rig.slack.faults.order('chat.postMessage', { kind: 'error', code: 'invalid_blocks' });
    await deliver(deliveryTo('U1', { picture }));
    expect(images()).toEqual([undefined]);
  });
});
