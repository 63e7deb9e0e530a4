import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { journeysSql } from '../../src/desk/queries/journeys.ts';
import { type JourneyItem, journeyDetail, journeyPage, summary } from '../../src/desk/wire.ts';
import { Prisma } from '../../src/store/generated/client.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';
import { day, hour, minute, type Rig, startRig } from './support/rig.ts';
import { seed, seedMany, wipe } from './support/seed.ts';

eachDatabase('the API about journeys', (open) => {
  let database: TestDatabase;
  let rig: Rig;

  beforeAll(async () => {
    database = await open();
    rig = await startRig(database);
  }, 120_000);
  beforeEach(() => wipe(database.prisma));
  afterAll(async () => {
    await rig.stop();
    await database.close();
  });

  const list = async (query: string) => journeyPage.parse((await rig.get(`/journeys?${query}`)).body);

  /** All pages, one after the other; `between` runs after each. */
  async function everything(query: string, between: (page: number) => Promise<unknown> = async () => {}) {
    const items: JourneyItem[] = [];
    let cursor = '';
    for (let page = 1; ; page++) {
      const got = await list(`${query}${cursor}`);
      items.push(...got.items);
      if (got.next === null) return items;
      await between(page);
      cursor = `&cursor=${got.next}`;
    }
  }

  it('tells who is stuck, where, since when and why', async () => {
    const ana = await rig.newcomer('UANA', 'Ana Ruiz');
    const at = await rig.walks(ana, 'activation-code', '2026-11-10');
    rig.now += hour;
    await rig.does(ana, { type: 'human' });
    const said = rig.now;
    rig.now += 90 * minute;
    const { items, next } = await list('status=stuck');
    expect(next).toBeNull();
    expect(items).toMatchObject([
      {
        id: ana,
        person: { name: 'Ana Ruiz', identities: [{ provider: 'slack', tenant: 'T1', id: 'UANA' }] },
        status: 'stuck',
        since: new Date(said).toISOString(),
        step: { id: at.step, title: rig.flow.byId.get(at.step)?.title },
        why: { code: 'asked-for-help', text: 'Asked for a person' },
        deadline: { at: '2026-12-10T23:59:59.999Z', daysLeft: 17, passed: false },
        priority: 'normal',
        escalations: [{ status: 'open', reason: { code: 'asked-for-help' }, claimed: null }],
        unreachable: null,
      },
    ]);
    expect(items[0]?.step.number).toBeGreaterThan(3);
  });

  it('shows waiting, paused and done people each in their own list', async () => {
    const waits = await rig.newcomer('UW', 'Wen');
    await rig.does(waits, { type: 'start' });
    const wait = rig.flow.steps[0]?.answers.find((a) => a.wait);
    await rig.does(waits, { type: 'answer', answer: wait?.id ?? '' });
    const pauses = await rig.newcomer('UP', 'Pat');
    await rig.does(pauses, { type: 'start' });
    await rig.does(pauses, { type: 'pause' });
    await rig.newcomer('UN', 'Noa');
    expect((await list('status=waiting')).items).toMatchObject([
      { id: waits, waiting: { for: wait?.wait?.for } },
    ]);
    expect((await list('status=paused')).items.map((i) => i.id)).toEqual([pauses]);
    expect((await list('status=new')).items.map((i) => i.person.name)).toEqual(['Noa']);
    expect(summary.parse((await rig.get('/summary')).body)).toMatchObject({
      journeys: { stuck: 0, active: 0, waiting: 1, paused: 1, done: 0, new: 1 },
    });
  });

  it('puts the longest stuck first, and the latest done first', async () => {
    const times = [3, 1, 2].map((h) => rig.now - h * hour);
    await seed(
      database.prisma,
      rig.flow,
      times.flatMap((since) => [
        { status: 'stuck', since },
        { status: 'done', since },
      ]),
    );
    const since = (items: JourneyItem[]) => items.map((i) => (rig.now - Date.parse(i.since)) / hour);
    expect(since((await list('status=stuck')).items)).toEqual([3, 2, 1]);
    expect(since((await list('status=done')).items)).toEqual([1, 2, 3]);
  });

  it.each(['status=stuck', 'status=done', ''])(
    'pages through "%s" without missing or repeating, whatever comes and goes',
    async (query) => {
      const status = query.split('=')[1] ?? 'active';
      // Many share a moment: the id decides.
      const ids = await seed(
        database.prisma,
        rig.flow,
        Array.from({ length: 130 }, (_, i) => ({ status, since: rig.now - Math.floor(i / 40) * hour })),
      );
      const gone: string[] = [];
      const got = await everything(query, async (page) => {
        await seed(
          database.prisma,
          rig.flow,
          [0, 1, 2, 9].map((h) => ({ status, since: rig.now - h * hour, name: 'late' })),
        );
        const victims = ids.filter((id) => !gone.includes(id)).slice(page * 3, page * 3 + 2);
        gone.push(...victims);
        await database.prisma.journey.deleteMany({ where: { id: { in: victims } } });
      });
      const seen = got.filter((i) => i.person.name !== 'late').map((i) => i.id);
      expect(new Set(seen).size).toBe(seen.length);
      for (const id of ids) if (!gone.includes(id)) expect(seen).toContain(id);
    },
  );

  it('calls urgent whose 30 days are nearly over, or whose call is, and filters by it', async () => {
    const seeds = [
      { name: 'far', deadline: rig.now + 7 * day + 1 },
      { name: 'near', deadline: rig.now + 7 * day },
      { name: 'over', deadline: rig.now - day },
      { name: 'none' },
      { name: 'called', escalation: { priority: 'urgent' as const } },
      { name: 'settled', escalation: { priority: 'urgent' as const, status: 'resolved' } },
    ];
    await seed(
      database.prisma,
      rig.flow,
      seeds.map((s, i) => ({ status: 'stuck', since: rig.now - hour + i, ...s })),
    );
    const all = (await list('status=stuck')).items;
    const named = (items: JourneyItem[]) => items.map((i) => i.person.name);
    expect(named(all.filter((i) => i.priority === 'urgent'))).toEqual(['near', 'over', 'called']);
    expect(named((await list('status=stuck&urgent=true')).items)).toEqual(['near', 'over', 'called']);
    expect(named((await list('status=stuck&urgent=false')).items)).toEqual(['far', 'none', 'settled']);
    expect(all.find((i) => i.person.name === 'over')?.deadline).toMatchObject({ daysLeft: 0, passed: true });
  });

  it('filters by step', async () => {
    const [first, second] = rig.flow.steps;
    await seed(
      database.prisma,
      rig.flow,
      [first, second].map((s) => ({ status: 'active', since: rig.now, step: s?.id ?? '' })),
    );
    expect((await list(`status=active&step=${second?.id}`)).items.map((i) => i.step.id)).toEqual([
      second?.id,
    ]);
  });

  it('searches names, channel ids and journey ids, and takes no letter for a pattern', async () => {
    const [id] = await seed(database.prisma, rig.flow, [
      { status: 'active', since: rig.now, name: 'Maya O’Neill' },
      { status: 'stuck', since: rig.now, name: '100% Sure_Thing' },
      { status: 'done', since: rig.now, name: null },
    ]);
    const found = async (q: string) =>
      (await list(`q=${encodeURIComponent(q)}`)).items.map((i) => i.person.name);
    expect(await found('maya')).toEqual(['Maya O’Neill']);
    expect(await found('0%')).toEqual(['100% Sure_Thing']);
    expect(await found('e_t')).toEqual(['100% Sure_Thing']);
    expect(await found('a_a')).toEqual([]);
    expect(await found(`u${id}`)).toEqual(['Maya O’Neill']);
    expect(await found(`${id}`)).toEqual(['Maya O’Neill']);
    expect((await list('status=stuck&q=maya')).items).toEqual([]);
  });

  it('shows why somebody cannot be reached', async () => {
    const id = await rig.newcomer('UG', 'Gus');
    await database.prisma.conversation.updateMany({
      data: { status: 'unreachable', problem: 'account deactivated' },
    });
    expect(journeyDetail.parse((await rig.get(`/journeys/${id}`)).body).journey.unreachable).toBe(
      'account deactivated',
    );
  });

  it('tells a person’s whole story, the latest first, with what they wrote', async () => {
    const id = await rig.newcomer('UE', 'Eve');
    await rig.does(id, { type: 'start' });
    const say = (text: string) =>
      rig.engine.receive({
        id: randomUUID(),
        from: { provider: 'slack', tenant: 'T1', id: 'UE' },
        profile: { name: 'Eve' },
        conversation: { key: 'T1:UE', reference: {} },
        at: new Date(rig.now),
        said: { kind: 'text', text, files: 0 },
      });
    rig.now += minute;
    await say('My screen is upside down');
    rig.now += minute;
    await say('and my cat is on it');
    await rig.does(id, { type: 'human' });
    await database.prisma.content.updateMany({
      where: { text: { contains: 'cat' } },
      data: { text: null, erasedAt: new Date(rig.now) },
    });
    const { history } = journeyDetail.parse((await rig.get(`/journeys/${id}`)).body);
    expect(history.items.map((h) => h.type)).toEqual(['human', 'heard', 'heard', 'start']);
    expect(history.items.flatMap((h) => h.content ?? [])).toEqual(['(erased)', 'My screen is upside down']);
    expect(history.items[0]).toMatchObject({
      type: 'human',
      text: 'Asked for a person; the help desk was told',
      actor: { kind: 'employee' },
    });
    expect(history.items.at(-1)).toMatchObject({ type: 'start', text: 'Began' });
  });

  it('pages through a long story', async () => {
    const id = await rig.newcomer('UL', 'Lee');
    const base = {
      journeyId: id,
      at: new Date(rig.now),
      actor: 'employee',
      type: 'heard',
      step: 'windows',
      toStep: 'windows',
    };
    await database.prisma.history.deleteMany({ where: { journeyId: id } });
    await database.prisma.history.createMany({
      data: Array.from({ length: 450 }, (_, i) => ({ ...base, seq: i + 1 })),
    });
    const seen: number[] = [];
    let cursor = '';
    do {
      const { history } = journeyDetail.parse((await rig.get(`/journeys/${id}${cursor}`)).body);
      seen.push(...history.items.map((h) => h.seq));
      cursor = history.next === null ? '' : `?cursor=${history.next}`;
    } while (cursor);
    expect(seen).toEqual(Array.from({ length: 450 }, (_, i) => 450 - i));
  });

  it.each([
    ['/journeys?status=lost', 400, 'malformed', 'querystring/status'],
    ['/journeys?urgent=maybe', 400, 'malformed', 'querystring/urgent'],
    ['/journeys?cursor=rubbish', 400, 'bad-cursor', undefined],
    [`/journeys?cursor=${Buffer.from('[1,"x"]').toString('base64url')}`, 400, 'bad-cursor', undefined],
    [
      `/journeys?cursor=${Buffer.from('[9e20,"00000000-0000-4000-8000-000000000000"]').toString('base64url')}`,
      400,
      'bad-cursor',
      undefined,
    ],
    ['/journeys/not-an-id', 400, 'malformed', 'params/id'],
    ['/journeys/00000000-0000-4000-8000-000000000000', 404, 'not-found', undefined],
    ['/nowhere', 404, 'not-found', undefined],
  ])('answers %s with problem details', async (path, status, code, place) => {
    const answer = await rig.get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({
      status,
      code,
      type: `urn:ecadesk:problem:${code}`,
      title: expect.any(String),
      detail: expect.any(String),
      instance: expect.stringMatching(/^urn:/),
    });
    if (place) expect(answer.body).toMatchObject({ errors: [{ path: place, message: expect.any(String) }] });
  });

  it('tells nothing of what went wrong inside', async () => {
    const [id] = await seed(database.prisma, rig.flow, [{ status: 'stuck', since: rig.now }]);
    await database.prisma.journey.update({
      where: { id: id ?? '' },
      data: { state: { rotten: 'inside-secret' } },
    });
    const answer = await rig.get('/journeys?status=stuck');
    expect(answer).toMatchObject({ status: 500, body: { code: 'failed' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/rotten|inside|zod|invalid/i);
  });

  it('finds who is stuck by an index, whatever the number of journeys', async () => {
    await seedMany(database.prisma, rig.flow, 20_000, rig.now);
    await database.prisma.$executeRaw`ANALYZE`;
    const middle = (await list('status=stuck')).next;
    expect(middle).not.toBeNull();
    for (const cursor of [undefined, middle ?? undefined]) {
      const plan = await explain(journeysSql({ status: 'stuck', cursor }, rig.now));
      const journeys = plan.filter((node) => node['Relation Name'] === 'Journey');
      expect(journeys).toHaveLength(1);
      expect(journeys[0]?.['Node Type']).toMatch(/^Index/);
      expect(journeys[0]?.['Index Name']).toBe('Journey_status_since_id_idx');
      expect(plan.map((node) => node['Node Type'])).not.toContain('Sort');
      const read = journeys.reduce(
        (sum, node) => sum + Number(node['Actual Rows']) + Number(node['Rows Removed by Filter'] ?? 0),
        0,
      );
      expect(read).toBeLessThanOrEqual(51);
    }
  }, 120_000);

  async function explain(query: Prisma.Sql) {
    const node: z.ZodType<Node> = z.lazy(() => z.looseObject({ Plans: z.array(node).optional() }));
    const rows = await database.prisma.$queryRaw(Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`);
    const [first] = z.array(z.object({ 'QUERY PLAN': z.array(z.object({ Plan: node })) })).parse(rows);
    const flat = (one: Node): Node[] => [one, ...(one.Plans ?? []).flatMap(flat)];
    return first?.['QUERY PLAN'].flatMap((plan) => flat(plan.Plan)) ?? [];
  }
});

interface Node {
  Plans?: Node[] | undefined;
  [key: string]: unknown;
}
