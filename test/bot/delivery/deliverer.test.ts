import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DeliveryError } from '../../../src/bot/channel.ts';
import { leaseFor } from '../../../src/bot/delivery/conversation.ts';
import { Deliverer } from '../../../src/bot/delivery/deliverer.ts';
import { releaseAll } from '../../../src/bot/delivery/outbox.ts';
import { Pacer } from '../../../src/bot/delivery/pacer.ts';
import type { Database } from '../../../src/store/database.ts';
import type { PrismaClient } from '../../../src/store/generated/client.ts';
import { eachDatabase, type TestDatabase } from '../../support/databases.ts';
import { aConversation, memoryLog, partsWith, put, row, ScriptedChannel } from './rig.ts';

eachDatabase('delivery', (open) => {
  let database: TestDatabase;
  let second: Database;
  let prisma: PrismaClient;

  beforeAll(async () => {
    database = await open();
    prisma = database.prisma;
    second = await database.another();
  }, 120_000);
  afterAll(async () => {
    await second.close();
    await database.close();
  });

  it('delivers at once, in order, with hints, and keeps the channel’s reference', async () => {
    const channel = new ScriptedChannel();
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const one = await put(prisma, place, 'one');
    await put(prisma, place, 'two');
    deliverer.wake([place], new Map([[one, { address: 'https://quick.example' }]]));
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'post two']);
    expect(channel.deliveries[0]).toMatchObject({
      id: one,
      conversation: { key: place, reference: { to: place } },
      audience: 'employee',
      ambiguous: false,
      hint: { address: 'https://quick.example' },
    });
    expect(channel.deliveries[1]).not.toHaveProperty('hint');
    expect(await row(prisma, one)).toMatchObject({
      status: 'sent',
      ref: `ref-${one}`,
      attempts: 1,
      ambiguous: false,
      sentAt: new Date(1_000_000),
    });
    expect(await prisma.conversation.findUnique({ where: { id: place } })).toMatchObject({ leasedBy: null });
  });

  /** A message that its commit has taken along. */
  async function express(by: string, summary: string) {
    const place = await aConversation(prisma);
    const id = await put(prisma, place, summary);
    await prisma.outbox.update({ where: { id }, data: { attempts: 1, ambiguous: true } });
    await prisma.conversation.update({
      where: { id: place },
      data: { leasedBy: by, leasedUntil: new Date(1_000_000 + leaseFor) },
    });
    const conversation = {
      id: place,
      provider: 'local' as const,
      key: place,
      reference: { to: place },
    };
    const row = { id, op: 'post' as const, targetId: null, message: { summary, tone: 'info' } };
    return { conversation, at: new Date(0), row, targetRef: null };
  }

  it('delivers what was taken with its commit as a first attempt, then what came behind it, and gives the place back', async () => {
    const channel = new ScriptedChannel();
    const parts = partsWith(prisma, channel);
    const deliverer = new Deliverer(parts);
    const taken = await express(parts.process, 'one');
    const place = taken.conversation.id;
    await put(prisma, place, 'two');
    deliverer.wake([place], new Map([[taken.row.id, 'quick']]), taken);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'post two']);
    expect(channel.deliveries[0]).toMatchObject({
      ambiguous: false,
      hint: 'quick',
      conversation: { reference: { to: place } },
    });
    expect(await row(prisma, taken.row.id)).toMatchObject({ status: 'sent', attempts: 1, ambiguous: false });
    expect(await prisma.conversation.findUnique({ where: { id: place } })).toMatchObject({ leasedBy: null });
  });

  it('puts back what was taken with its commit when another message took its moment', async () => {
    const channel = new ScriptedChannel();
    let now = 1_000_000;
    const pacers = { conversation: new Pacer([]), all: new Pacer([{ per: 5_000, max: 1 }]) };
    const parts = partsWith(prisma, channel, { clock: () => now, pacers: new Map([['local', pacers]]) });
    const deliverer = new Deliverer(parts);
    const [first, second] = [await express(parts.process, 'first'), await express(parts.process, 'second')];
    expect(deliverer.ready(first.conversation)).toMatchObject({ by: parts.process });
    deliverer.wake([first.conversation.id], new Map(), first);
    deliverer.wake([second.conversation.id], new Map(), second);
    await deliverer.idle();
    expect(channel.said).toEqual(['post first']);
    expect(deliverer.ready(first.conversation)).toBeNull();
    expect(await row(prisma, second.row.id)).toMatchObject({
      status: 'pending',
      attempts: 0,
      ambiguous: false,
    });
    now += 5_000;
    deliverer.wake([second.conversation.id]);
    await deliverer.idle();
    expect(channel.deliveries[1]).toMatchObject({ message: { summary: 'second' }, ambiguous: false });
    await deliverer.stop();
    expect(deliverer.ready(first.conversation)).toBeNull();
  });

  it('delivers what was taken with its commit also while a crowd waits, of which it serves 32 at once', async () => {
    const channel = new ScriptedChannel();
    const well = channel.answer;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    channel.answer = async (delivery) => {
      await released;
      return well(delivery);
    };
    const parts = partsWith(prisma, channel);
    const deliverer = new Deliverer(parts);
    const crowd = await Promise.all(Array.from({ length: 40 }, () => aConversation(prisma)));
    await Promise.all(crowd.map((place) => put(prisma, place, 'of the crowd')));
    deliverer.wake(crowd);
    await until(() => channel.said.length === 32);
    const taken = await express(parts.process, 'taken');
    expect(deliverer.ready(taken.conversation)).not.toBeNull();
    deliverer.wake([taken.conversation.id], new Map(), taken);
    await until(() => channel.said.length === 33);
    expect(channel.said.at(-1)).toBe('post taken');
    release();
    await deliverer.idle();
    expect(channel.said).toHaveLength(41);
  });

  /** Waits for what must come; the test's own time limit ends it otherwise. */
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await sleep(5);
  }

  it('edits the message where the channel put it', async () => {
    const channel = new ScriptedChannel();
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const one = await put(prisma, place, 'one');
    await put(prisma, place, 'one, edited', { op: 'edit', targetId: one });
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'edit one, edited']);
    expect(channel.deliveries[1]?.target).toBe(`ref-${one}`);
  });

  it('sends only the newest of several edits that wait', async () => {
    const channel = new ScriptedChannel();
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const one = await put(prisma, place, 'one');
    const stale = await put(prisma, place, 'a', { op: 'edit', targetId: one });
    await put(prisma, place, 'two');
    await put(prisma, place, 'b', { op: 'edit', targetId: one });
    await put(prisma, place, 'c', { op: 'edit', targetId: one });
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'post two', 'edit c']);
    expect(await row(prisma, stale)).toMatchObject({ status: 'dropped', fault: 'superseded' });
  });

  it('posts anew what it cannot edit, and edits that one from then on', async () => {
    const channel = new ScriptedChannel();
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const one = await put(prisma, place, 'one');
    deliverer.wake([place]);
    await deliverer.idle();
    channel.answer = async ({ id, op, target }) => {
      if (op === 'edit' && target === `ref-${one}`) throw new DeliveryError('target-gone', 'deleted');
      return { ref: `ref-${id}` };
    };
    const two = await put(prisma, place, 'two', { op: 'edit', targetId: one });
    deliverer.wake([place]);
    await deliverer.idle();
    await put(prisma, place, 'three', { op: 'edit', targetId: one });
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'edit two', 'post two', 'edit three']);
    expect(channel.deliveries.at(-1)?.target).toBe(`ref-${two}`);
  });

  it('posts the edit of a message that never arrived, and has nothing to do for its deletion', async () => {
    const channel = new ScriptedChannel();
    channel.fail(new DeliveryError('refused', 'too long'), new DeliveryError('refused', 'too long'));
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const one = await put(prisma, place, 'one');
    const two = await put(prisma, place, 'two');
    await put(prisma, place, 'one, shorter', { op: 'edit', targetId: one });
    const deletion = await put(prisma, place, 'gone', { op: 'delete', targetId: two });
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'post two', 'post one, shorter']);
    expect(await row(prisma, one)).toMatchObject({ status: 'dropped', fault: 'refused' });
    expect(await row(prisma, deletion)).toMatchObject({ status: 'sent' });
  });

  it('holds back one conversation that is rate-limited, in order, and no other', async () => {
    const channel = new ScriptedChannel();
    let now = 1_000_000;
    const deliverer = new Deliverer(partsWith(prisma, channel, { clock: () => now }));
    const slow = await aConversation(prisma);
    const quick = await aConversation(prisma);
    channel.answer = async ({ id, conversation }) => {
      if (conversation.key === slow && now < 1_007_000)
        throw new DeliveryError('rate-limited', 'slow down', { retryAfter: 7_000 });
      return { ref: id };
    };
    const first = await put(prisma, slow, 'slow 1');
    await put(prisma, slow, 'slow 2');
    await put(prisma, quick, 'quick');
    deliverer.wake([slow, quick]);
    await deliverer.idle();
    expect(channel.said.toSorted()).toEqual(['post quick', 'post slow 1']);
    const waiting = await row(prisma, first);
    expect(waiting).toMatchObject({
      status: 'pending',
      fault: 'rate-limited',
      ambiguous: false,
      attempts: 1,
    });
    expect(waiting.nextAt.getTime()).toBeGreaterThanOrEqual(1_007_000);
    // Nothing may pass the one that waits.
    deliverer.wake([slow]);
    await deliverer.idle();
    expect(channel.said).not.toContain('post slow 2');
    now = waiting.nextAt.getTime();
    await deliverer.sweep();
    await deliverer.idle();
    expect(channel.said.slice(2)).toEqual(['post slow 1', 'post slow 2']);
    await deliverer.stop();
  });

  it('comes back by itself after a short back-off', async () => {
    const channel = new ScriptedChannel();
    channel.fail(new DeliveryError('unavailable', 'down'));
    const deliverer = new Deliverer(partsWith(prisma, channel, { clock: Date.now, random: () => 0 }));
    const place = await aConversation(prisma);
    const id = await put(prisma, place, 'one');
    deliverer.wake([place]);
    for (let i = 0; i < 200 && (await row(prisma, id)).status !== 'sent'; i++) await sleep(25);
    expect(channel.said).toEqual(['post one', 'post one']);
    expect(channel.deliveries.map((delivery) => delivery.ambiguous)).toEqual([false, false]);
  });

  it('tells the channel when an earlier attempt may have arrived, and goes on telling', async () => {
    const channel = new ScriptedChannel();
    let now = 1_000_000;
    channel.fail(new DeliveryError('ambiguous', 'no answer'), new DeliveryError('unavailable', 'down'));
    const deliverer = new Deliverer(partsWith(prisma, channel, { clock: () => now }));
    const place = await aConversation(prisma);
    await put(prisma, place, 'one');
    for (let i = 0; i < 3; i++) {
      now += 3_600_000;
      await deliverer.sweep();
      await deliverer.idle();
    }
    expect(channel.deliveries.map((delivery) => delivery.ambiguous)).toEqual([false, true, true]);
    await deliverer.stop();
  });

  it('tells the channel so too when the process died between its yes and the note of it', async () => {
    const channel = new ScriptedChannel();
    const place = await aConversation(prisma);
    const id = await put(prisma, place, 'one');
    // The channel takes it and the process is never heard of again.
    channel.answer = () => new Promise(() => {});
    const dead = new Deliverer(partsWith(prisma, channel));
    dead.wake([place]);
    while (channel.deliveries.length === 0) await sleep(5);
    await dead.stop(0);
    channel.answer = async () => ({ ref: 'found' });
    const next = new Deliverer(partsWith(prisma, channel, { clock: () => 1_000_000 + leaseFor + 1 }));
    await next.sweep();
    await next.idle();
    expect(channel.deliveries.map((delivery) => delivery.ambiguous)).toEqual([false, true]);
    expect(await row(prisma, id)).toMatchObject({
      status: 'sent',
      ref: 'found',
      ambiguous: false,
      attempts: 2,
    });
  });

  it('leaves a conversation to the process that has it, until its lease is over or void', async () => {
    const channel = new ScriptedChannel();
    const place = await aConversation(prisma);
    await prisma.conversation.update({
      where: { id: place },
      data: { leasedBy: 'another', leasedUntil: new Date(1_000_500) },
    });
    await put(prisma, place, 'one');
    let now = 1_000_000;
    const deliverer = new Deliverer(partsWith(prisma, channel, { clock: () => now }));
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual([]);
    now = 1_000_501;
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one']);

    await prisma.conversation.update({
      where: { id: place },
      data: { leasedBy: 'dead', leasedUntil: new Date(9_000_000) },
    });
    await put(prisma, place, 'two');
    await releaseAll(prisma);
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'post two']);
    await deliverer.stop();
  });

  it('keeps the order, and sends each message once, with two processes and messages that keep coming', async () => {
    const channel = new ScriptedChannel();
    channel.answer = async ({ id }) => {
      await sleep(Math.random() * 4);
      return { ref: id };
    };
    const places = await Promise.all(Array.from({ length: 4 }, () => aConversation(prisma)));
    const deliverers = [database, second].map(
      (one) => new Deliverer(partsWith(one.prisma, channel, { clock: Date.now })),
    );
    const expected = new Map<string, string[]>(places.map((place) => [place, []]));
    for (let i = 0; i < 15; i++) {
      for (const place of places) {
        await put(prisma, place, `${i}`);
        expected.get(place)?.push(`${i}`);
        deliverers[i % 2]?.wake([place]);
      }
    }
    const left = () => prisma.outbox.count({ where: { conversationId: { in: places }, status: 'pending' } });
    for (let i = 0; i < 400 && (await left()) > 0; i++) await sleep(25);
    await Promise.all(deliverers.map((deliverer) => deliverer.stop()));
    for (const place of places) {
      const got = channel.deliveries.filter(({ conversation }) => conversation.key === place);
      expect(got.map(({ message }) => message.summary)).toEqual(expected.get(place));
    }
  }, 60_000);

  it('shows staff whom it cannot reach, drops what waits there, and sees when they are back', async () => {
    const channel = new ScriptedChannel();
    channel.fail(new DeliveryError('conversation-gone', 'The person blocked the bot.'));
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const ids = [await put(prisma, place, 'one'), await put(prisma, place, 'two')];
    deliverer.wake([place]);
    await deliverer.idle();
    const of = () => prisma.conversation.findUnique({ where: { id: place } });
    expect(await of()).toMatchObject({ status: 'unreachable', problem: 'The person blocked the bot.' });
    for (const id of ids)
      expect(await row(prisma, id)).toMatchObject({ status: 'dropped', fault: 'conversation-gone' });
    await put(prisma, place, 'three');
    deliverer.wake([place]);
    await deliverer.idle();
    expect(channel.said).toEqual(['post one', 'post three']);
    expect(await of()).toMatchObject({ status: 'open', problem: null });
  });

  it('lets no broken message, channel or stored row stop those behind it', async () => {
    const channel = new ScriptedChannel();
    const log = memoryLog();
    let now = 1_000_000;
    const deliverer = new Deliverer(partsWith(prisma, channel, { log, clock: () => now }));
    const place = await aConversation(prisma);
    const unreadable = await put(prisma, place, '', { message: { nonsense: true } });
    const cursed = await put(prisma, place, 'cursed');
    await put(prisma, place, 'well');
    channel.answer = async ({ id }) => {
      if (id === cursed) throw new TypeError('a bug of the channel');
      return { ref: id };
    };
    for (let i = 0; i < 20; i++) {
      await deliverer.sweep();
      await deliverer.idle();
      now += 3_600_000;
    }
    expect(channel.said.at(-1)).toBe('post well');
    expect(await row(prisma, unreadable)).toMatchObject({ status: 'dropped', fault: 'refused' });
    expect(await row(prisma, cursed)).toMatchObject({ status: 'dropped', fault: 'unexpected' });
    expect(channel.said.filter((said) => said === 'post cursed').length).toBeLessThan(10);
    expect(log.lines.filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
  });

  it('keeps what waits for a channel that is switched off', async () => {
    const deliverer = new Deliverer(partsWith(prisma, new ScriptedChannel()));
    const place = await aConversation(prisma, 'slack');
    const id = await put(prisma, place, 'one');
    deliverer.wake([place]);
    await deliverer.idle();
    expect(await row(prisma, id)).toMatchObject({ status: 'pending', fault: 'unavailable' });
    await prisma.outbox.delete({ where: { id } });
    await deliverer.stop();
  });

  it('keeps within the channel’s limits, for each conversation and for all', async () => {
    const channel = new ScriptedChannel();
    const sentAt: { key: string; at: number }[] = [];
    channel.answer = async ({ conversation }) => {
      sentAt.push({ key: conversation.key, at: Date.now() });
      return { ref: null };
    };
    const pacers = {
      conversation: new Pacer([{ per: 200, max: 1 }]),
      all: new Pacer([{ per: 400, max: 4 }]),
    };
    const deliverer = new Deliverer(
      partsWith(prisma, channel, { clock: Date.now, pacers: new Map([['local', pacers]]) }),
    );
    const places = [await aConversation(prisma), await aConversation(prisma), await aConversation(prisma)];
    for (const place of places) for (let i = 0; i < 3; i++) await put(prisma, place, `${i}`);
    deliverer.wake(places);
    for (let i = 0; i < 200 && sentAt.length < 9; i++) await sleep(20);
    await deliverer.stop();
    expect(sentAt).toHaveLength(9);
    for (const place of places) {
      const times = sentAt.filter(({ key }) => key === place).map(({ at }) => at);
      // However late one goes, the next keeps its distance; the test's own clock is read a moment after departure.
      for (const [i, at] of times.slice(1).entries()) expect(at - (times[i] ?? 0)).toBeGreaterThan(190);
    }
    expect((sentAt[8]?.at ?? 0) - (sentAt[0]?.at ?? 0)).toBeGreaterThanOrEqual(750);
  });

  it('stops after what is in hand, and leaves the rest in the outbox', async () => {
    const channel = new ScriptedChannel();
    const gates: (() => void)[] = [];
    channel.answer = async ({ id }) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return { ref: id };
    };
    const deliverer = new Deliverer(partsWith(prisma, channel));
    const place = await aConversation(prisma);
    const [one, two] = [await put(prisma, place, 'one'), await put(prisma, place, 'two')];
    deliverer.wake([place]);
    while (gates.length === 0) await sleep(5);
    const stopped = deliverer.stop();
    gates[0]?.();
    await stopped;
    expect(await row(prisma, one)).toMatchObject({ status: 'sent' });
    expect(await row(prisma, two)).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await prisma.conversation.findUnique({ where: { id: place } })).toMatchObject({ leasedBy: null });
    await prisma.outbox.delete({ where: { id: two } });
  });
});
