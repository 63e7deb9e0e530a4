import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestApp, type TestApp } from '../support/app.ts';
import { messageActivity, pressActivity, tenant } from '../support/teams/activities.ts';
import { ConnectorServer, type Fault } from '../support/teams/connector-server.ts';

const key = 'a-key-of-the-test';
const desk = '19:desk@thread.tacv2';
const journeys = z.object({
  items: z.array(
    z.looseObject({ person: z.object({ name: z.string().nullable() }), unreachable: z.string().nullable() }),
  ),
});

/** Everything of ecadesk, against a connector that throttles, refuses and loses its answers. */
describe('Teams with a connector that fails', () => {
  let app: TestApp;
  let connector: ConnectorServer;
  let count = 0;

  beforeAll(async () => {
    connector = await ConnectorServer.start();
    connector.roster.pages = [[{ id: '29:kim', aadObjectId: 'kim', tenantId: tenant, userRole: 'user' }]];
    app = await startTestApp({
      TEAMS_ANONYMOUS: '1',
      TEAMS_HELPDESK_CHANNEL: desk,
      TEAMS_THREAD_PER_SECOND: '1000',
      TEAMS_TENANT_PER_SECOND: '10000',
      DESK_API_KEYS: `test:${createHash('sha256').update(key).digest('hex')}`,
    });
  }, 120_000);
  beforeEach(() => {
    connector.faults = [];
  });
  afterAll(async () => {
    await app?.end();
    await connector?.stop();
  });

  async function post(person: string, change: Record<string, unknown>, press?: string, url = connector.url) {
    const who = {
      id: `f:${++count}`,
      from: { id: `29:${person}`, name: person, aadObjectId: person },
      conversation: { id: `a:${person}`, conversationType: 'personal', tenantId: tenant },
      ...change,
    };
    const response = await fetch(`${app.address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(press ? pressActivity(url, press, who) : messageActivity(url, who)),
    });
    expect(response.status).toBe(200);
  }

  const shown = (person: string, at = connector) =>
    [...at.messages]
      .filter(([id]) => at.places.get(id) === `a:${person}`)
      .map(([, body]) => JSON.stringify(body));
  const posts = (person: string) =>
    connector.calls.filter((c) => c.method === 'POST' && c.path.endsWith(`/a:${person}/activities`));

  /** Lets the pauses between attempts pass until nothing waits. */
  async function settle(done: () => boolean): Promise<void> {
    for (let i = 0; i < 40 && !done(); i++) {
      app.clock.now += 60_000;
      await app.sweep();
    }
    expect(done()).toBe(true);
  }

  const rows: [string, Fault[], { posts: number; standing: number }][] = [
    ['429 with Retry-After', [{ status: 429, headers: { 'retry-after': '2' } }], { posts: 2, standing: 1 }],
    [
      '429 without Retry-After, three times',
      [{ status: 429 }, { status: 429 }, { status: 429 }],
      { posts: 4, standing: 1 },
    ],
    ['412', [{ status: 412 }], { posts: 2, standing: 1 }],
    ['502', [{ status: 502 }], { posts: 2, standing: 1 }],
    ['504', [{ status: 504 }], { posts: 2, standing: 1 }],
    ['413', [{ status: 413 }], { posts: 2, standing: 1 }],
    ['a connection cut before the message was taken', [{ cut: true }], { posts: 2, standing: 1 }],
    // The bound: one more for each answer that was lost after the message had been taken.
    [
      'two lost answers',
      [
        { cut: true, accept: true },
        { status: 502, accept: true },
      ],
      { posts: 3, standing: 3 },
    ],
  ];
  it.each(rows)(
    'loses no message through %s, and doubles it only within the bound',
    async (name, faults, expected) => {
      const person = `p${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
      connector.faults = [...faults];
      await post(person, { text: 'help' });
      await settle(() => posts(person).length >= expected.posts);
      await app.sweep();
      expect(posts(person)).toHaveLength(expected.posts);
      expect(shown(person).filter((text) => text.includes('How this works'))).toHaveLength(expected.standing);
    },
  );

  it('stops at 403, shows staff why, and speaks again once the person does', async () => {
    const unreachable = async () => {
      const response = await fetch(`${app.address}/api/v1/journeys?q=blocker`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return journeys.parse(await response.json()).items.find((j) => j.person.name === 'blocker')
        ?.unreachable;
    };
    connector.faults = [{ status: 403, code: 'ConversationBlockedByUser' }];
    await post('blocker', { text: 'start' });
    await expect.poll(unreachable).toContain('403');
    const before = posts('blocker').length;
    // Any pause between attempts would be over by then; the first reminder is not yet due.
    for (let i = 0; i < 10; i++) {
      app.clock.now += 6 * 60_000;
      await app.sweep();
    }
    expect(posts('blocker')).toHaveLength(before);
    await post('blocker', { text: 'status' });
    await expect.poll(() => shown('blocker').length).toBeGreaterThan(0);
    expect(await unreachable()).toBeNull();
  });

  it('speaks where Teams said last that the person is reached', async () => {
    const moved = await ConnectorServer.start();
    await post('mover', { text: 'start' });
    await expect.poll(() => shown('mover').length).toBeGreaterThan(0);
    await post('mover', { text: 'status' }, undefined, moved.url);
    await expect.poll(() => shown('mover', moved).length).toBeGreaterThan(0);
    app.clock.now += 24 * 60 * 60_000;
    const old = posts('mover').length;
    await app.sweep();
    await expect.poll(() => shown('mover', moved).join()).toContain('Shall we go on?');
    expect(posts('mover')).toHaveLength(old);
    await moved.stop();
  });

  it('lets who is on the channel’s roster claim from the thread, and nobody else; the answer is for the presser alone', async () => {
    await post('eve', { text: 'start' });
    await post('eve', { text: 'human' });
    const threads = () =>
      connector.calls.filter((c) => c.path.endsWith('/v3/conversations') && c.body.activity);
    await expect.poll(() => threads().some((c) => JSON.stringify(c.body).includes('"eve"'))).toBe(true);
    const call = threads().find((c) => JSON.stringify(c.body).includes('"eve"'));
    expect(call?.body).toMatchObject({ isGroup: true, channelData: { channel: { id: desk } } });
    const claim = /claim\|[^"]*/.exec(JSON.stringify(call?.body))?.[0] ?? '';
    const thread = {
      conversation: { id: `${desk};messageid=1`, conversationType: 'channel', tenantId: tenant },
    };
    await post('joe', thread, claim);
    await expect
      .poll(() => JSON.stringify([...connector.messages.values()]))
      .toContain('for the help desk only');
    await post('kim', thread, claim);
    await expect.poll(() => JSON.stringify([...connector.messages.values()])).toContain('Claimed by kim');
    await expect.poll(() => shown('eve').join()).toContain('is looking into it');
    const inThread = connector.calls.filter(
      (c) => c.method === 'POST' && c.path.includes(`${desk};messageid=1`),
    );
    expect(inThread).toEqual([]);
  });
});
