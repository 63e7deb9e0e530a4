import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Changes } from '../../src/store/changes.ts';
import { flowVersion, newestFlow, publishFlow } from '../../src/store/flow-versions.ts';
import type { PrismaClient } from '../../src/store/generated/client.ts';
import { listKnownIssues, seedKnownIssues, setKnownIssue } from '../../src/store/known-issues.ts';
import { sweepRetention } from '../../src/store/retention.ts';
import { staffConversation } from '../../src/store/staff-conversation.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';

const at = new Date('2026-11-24T15:00:00Z');
const day = 86_400_000;

it('tells those who listen of each change, until they stop', () => {
  const changes = new Changes();
  const heard: (string | null)[] = [];
  const stop = changes.listen(({ journeyId }) => heard.push(journeyId));
  changes.announce('a');
  changes.announce(null);
  stop();
  changes.announce('b');
  expect(heard).toEqual(['a', null]);
});

eachDatabase('the store', (open) => {
  let database: TestDatabase;
  let prisma: PrismaClient;

  beforeAll(async () => {
    database = await open();
    prisma = database.prisma;
  }, 120_000);
  afterAll(() => database.close());

  it('numbers a flow’s documents, each once', async () => {
    const publish = (document: string) => publishFlow(prisma, 'a-flow', document, 'file', at);
    expect(await newestFlow(prisma, 'a-flow')).toBeNull();
    expect((await publish('one')).version).toBe(1);
    expect((await publish('one')).version).toBe(1);
    expect((await publish('two')).version).toBe(2);
    // Going back is a new version too: journeys on version 2 must see the change.
    expect((await publish('one')).version).toBe(3);
    expect(await newestFlow(prisma, 'a-flow')).toMatchObject({ version: 3, document: 'one' });
    expect(await flowVersion(prisma, 'a-flow', 2)).toMatchObject({ document: 'two' });
    await expect(flowVersion(prisma, 'a-flow', 9)).rejects.toThrow();
  });

  it('loses none of the documents that are published at the same moment', async () => {
    const documents = ['a', 'b', 'c', 'c'];
    const rows = await Promise.all(
      documents.map((document) => publishFlow(prisma, 'busy', document, 'x', at)),
    );
    expect(rows.map((row) => row.document)).toEqual(documents);
    for (const row of rows)
      expect((await flowVersion(prisma, 'busy', row.version)).document).toBe(row.document);
  });

  it('seeds known issues from a flow, and never overwrites what staff chose', async () => {
    const issue = { id: 'login-bug', title: 'Login bug', open: true, reason: 'identrust-login-bug' };
    const flow = { id: 'f', issues: [issue, { ...issue, id: 'other', open: false }] };
    await seedKnownIssues(prisma, flow, at);
    expect(await setKnownIssue(prisma, 'login-bug', false, 'slack:T1:U1', at)).toBe(true);
    expect(await setKnownIssue(prisma, 'login-bug', false, 'slack:T1:U2', at)).toBe(false);
    expect(await setKnownIssue(prisma, 'no-such', true, 'slack:T1:U1', at)).toBe(false);
    await seedKnownIssues(prisma, flow, at);
    expect(await listKnownIssues(prisma)).toMatchObject([
      { id: 'login-bug', open: false, changedBy: 'slack:T1:U1' },
      { id: 'other', open: false, changedBy: 'flow' },
    ]);
  });

  it('knows the help desk’s conversation again, and where it is now', async () => {
    const place = { key: 'C1', reference: { channel: 'C1' } };
    const id = await staffConversation(prisma, 'slack', place, randomUUID);
    const moved = { key: 'C1', reference: { channel: 'C1', thread: 2 } };
    expect(await staffConversation(prisma, 'slack', moved, randomUUID)).toBe(id);
    expect(await prisma.conversation.findUnique({ where: { id } })).toMatchObject({
      audience: 'staff',
      reference: moved.reference,
    });
  });

  it('erases what was written, and the history of journeys long over, and nothing else', async () => {
    const old = await somebody(new Date(at.getTime() - 100 * day));
    const recent = await somebody(new Date(at.getTime() - 10 * day));
    await sweepRetention(prisma, { messagesDays: null, historyDays: null }, at.getTime());
    expect(await kept(old)).toMatchObject({ text: 'words', history: 1, message: { summary: 'hello' } });

    await sweepRetention(prisma, { messagesDays: 30, historyDays: null }, at.getTime());
    expect(await kept(old)).toEqual({ text: null, history: 1, message: {}, pending: 'hello', inbox: 0 });
    expect(await kept(recent)).toMatchObject({ text: 'words', history: 1, inbox: 1 });

    await sweepRetention(prisma, { messagesDays: 30, historyDays: 50 }, at.getTime());
    expect(await kept(old)).toMatchObject({ text: undefined, history: 0 });
    expect(await kept(recent)).toMatchObject({ text: 'words', history: 1 });
    // Who is known stays known: the next word begins no second person.
    expect(await prisma.journey.count({ where: { id: old.journeyId } })).toBe(1);
  });

  it('tidies up', async () => {
    await expect(database.tidy()).resolves.toBeUndefined();
  });

  async function somebody(when: Date) {
    const [personId, journeyId, contentId, conversationId, sent, pending] = Array.from({ length: 6 }, () =>
      randomUUID(),
    ) as [string, string, string, string, string, string];
    await prisma.person.create({ data: { id: personId } });
    await prisma.journey.create({
      data: {
        ...{ id: journeyId, personId, flowId: 'f', flowVersion: 1, status: 'done', step: 's', state: {} },
        ...{ since: when, heardAt: when, closedAt: when },
      },
    });
    await prisma.content.create({ data: { id: contentId, personId, at: when, text: 'words' } });
    await prisma.history.create({
      data: {
        journeyId,
        seq: 1,
        at: when,
        actor: 'employee',
        type: 'heard',
        step: 's',
        toStep: 's',
        contentId,
      },
    });
    await prisma.conversation.create({
      data: { id: conversationId, provider: 'local', key: conversationId, reference: {} },
    });
    const row = { conversationId, op: 'post', message: { summary: 'hello' }, createdAt: when };
    await prisma.outbox.create({ data: { ...row, id: sent, status: 'sent', ref: 'r' } });
    await prisma.outbox.create({ data: { ...row, id: pending } });
    await prisma.inbox.create({ data: { channel: 'local', eventId: journeyId, at: when, event: {} } });
    return { journeyId, contentId, sent, pending };
  }

  async function kept({ journeyId, contentId, sent, pending }: Awaited<ReturnType<typeof somebody>>) {
    const content = await prisma.content.findUnique({ where: { id: contentId } });
    const row = await prisma.outbox.findUniqueOrThrow({ where: { id: sent } });
    const waiting = await prisma.outbox.findUniqueOrThrow({ where: { id: pending } });
    return {
      text: content?.text,
      history: await prisma.history.count({ where: { journeyId } }),
      message: row.message,
      pending: (waiting.message as { summary?: string }).summary,
      inbox: await prisma.inbox.count({ where: { eventId: journeyId } }),
    };
  }
});
