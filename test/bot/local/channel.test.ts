import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Delivery } from '../../../src/bot/channel.ts';
import { Bell } from '../../../src/bot/local/bell.ts';
import { type LocalChannel, localChannel } from '../../../src/bot/local/channel.ts';
import { emptyTranscript, fold } from '../../../src/bot/local/fold.ts';
import { linesAfter } from '../../../src/bot/local/transcript.ts';
import type { Database } from '../../../src/store/database.ts';
import { eachDatabase } from '../../support/databases.ts';
import { messageOf } from './support/rig.ts';

eachDatabase('the browser chat as a channel', (open) => {
  let database: Database;
  let channel: LocalChannel;
  const staffPosts: string[] = [];
  const rung: string[] = [];

  beforeAll(async () => {
    database = await open();
    const bell = new Bell();
    for (const as of ['ana', 'ben']) bell.hear(`employee/${as}`, () => rung.push(as));
    channel = localChannel({
      database,
      bell,
      clock: () => new Date('2026-03-02T15:00:00Z'),
      onStaffPost: ({ id }) => staffPosts.push(id),
    });
  });
  afterAll(() => database.close());

  function delivery(as: string, parts: Partial<Delivery> = {}): Delivery {
    const conversation = { key: `employee/${as}`, reference: { as } };
    const message = messageOf({ title: 'A step' });
    return {
      id: randomUUID(),
      conversation,
      audience: 'employee',
      op: 'post',
      message,
      ambiguous: false,
      ...parts,
    };
  }

  async function shown(as: string) {
    const lines = await linesAfter(database, `employee/${as}`, 0);
    return lines.reduce(fold, emptyTranscript).shown;
  }

  it('keeps a message once, however often it is delivered', async () => {
    const once = delivery('ana');
    const first = await channel.deliver(once);
    const second = await channel.deliver({ ...once, ambiguous: true });
    expect(second).toEqual(first);
    expect((await shown('ana')).filter(({ id }) => id === once.id)).toHaveLength(1);
    expect(rung).toContain('ana');
  });

  it('edits and deletes by the reference it gave, also by the one that an edit gave', async () => {
    const { ref } = await channel.deliver(delivery('ben'));
    const edited = await channel.deliver(
      delivery('ben', { op: 'edit', target: ref, message: messageOf({ title: 'Two' }) }),
    );
    await channel.deliver(
      delivery('ben', { op: 'edit', target: edited.ref, message: messageOf({ title: 'Three' }) }),
    );
    expect(await shown('ben')).toMatchObject([{ message: { title: 'Three' } }]);
    await channel.deliver(delivery('ben', { op: 'delete', target: ref }));
    expect(await shown('ben')).toEqual([]);
  });

  it('says that the target is gone when it was deleted, never stood here, or is not named', async () => {
    const { ref } = await channel.deliver(delivery('ana'));
    await channel.deliver(delivery('ana', { op: 'delete', target: ref }));
    const elsewhere = await channel.deliver(delivery('ben'));
    for (const target of [ref, elsewhere.ref, { id: randomUUID() }, undefined, 'nonsense']) {
      const edit = channel.deliver(delivery('ana', { op: 'edit', target }));
      await expect(edit).rejects.toMatchObject({ name: 'DeliveryError', code: 'target-gone' });
    }
  });

  it('leaves a staff post to the desk and keeps nothing of it', async () => {
    const post = delivery('ana', { audience: 'staff', conversation: { key: 'staff/desk', reference: {} } });
    await channel.deliver(post);
    expect(staffPosts).toEqual([post.id]);
    expect(await linesAfter(database, 'staff/desk', 0)).toEqual([]);
  });

  it('keeps the employee’s own words once, and of withheld ones only that there were some', async () => {
    const at = new Date('2026-03-02T16:00:00Z');
    const [said, withheld] = [randomUUID(), randomUUID()];
    await channel.keepOwnWords(said, 'employee/cleo', 'hello', at);
    await channel.keepOwnWords(said, 'employee/cleo', 'hello', at);
    await channel.keepOwnWords(withheld, 'employee/cleo', null, at);
    expect(await shown('cleo')).toMatchObject([
      { id: said, kind: 'said', text: 'hello', at: at.toISOString() },
      { id: withheld, kind: 'said', text: null },
    ]);
  });

  it('takes nobody for staff', async () => {
    expect(await channel.isStaff?.({ provider: 'local', tenant: 'local', id: 'ana' })).toBe(false);
  });
});

it('is unavailable, and says so, when the log cannot be written', async () => {
  const failing = new Error('the disk is full');
  const prisma = { localMessage: { createMany: () => Promise.reject(failing) } };
  const channel = localChannel({
    // Only the one call is made; a database that fails on demand is not to be had otherwise.
    database: { prisma } as unknown as Database,
    bell: new Bell(),
    clock: () => new Date(),
  });
  const post = channel.deliver({
    id: randomUUID(),
    conversation: { key: 'employee/ana', reference: {} },
    audience: 'employee',
    op: 'post',
    message: messageOf({}),
    ambiguous: false,
  });
  await expect(post).rejects.toMatchObject({ code: 'unavailable', cause: failing });
});
