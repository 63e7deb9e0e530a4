import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  call,
  type EscalationItem,
  escalationPage,
  journeyDetail,
  knownIssues,
  summary,
} from '../../src/desk/wire.ts';
import { eachDatabase, type TestDatabase } from '../support/databases.ts';
import { apiKey, hour, minute, type Rig, startRig } from './support/rig.ts';
import { seed, wipe } from './support/seed.ts';

eachDatabase('calls for the help desk', (open) => {
  let database: TestDatabase;
  let rig: Rig;
  let kim: string;
  let sam: string;

  beforeAll(async () => {
    database = await open();
    rig = await startRig(database);
    kim = await rig.signIn('Kim');
    sam = await rig.signIn('Sam');
  }, 120_000);
  beforeEach(() => wipe(database.prisma));
  afterAll(async () => {
    await rig.stop();
    await database.close();
  });

  async function post(path: string, cookie: string, body?: object) {
    const answer = await fetch(`${rig.address}/api/v1${path}`, {
      method: 'POST',
      headers: { cookie, origin: rig.address, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  const list = async (query = '') => escalationPage.parse((await rig.get(`/escalations${query}`)).body);
  const only = async (): Promise<EscalationItem> => {
    const [item, ...others] = (await list()).items;
    if (!item || others.length > 0) throw new Error('expected exactly one escalation');
    return item;
  };

  /** Somebody at the application password who tried a problem and is still stuck. */
  async function stuckPerson(id = 'UBO', name = 'Bo'): Promise<string> {
    const journey = await rig.newcomer(id, name);
    await rig.walks(journey, 'application-password');
    const problem = rig.flow.byId.get('application-password')?.problems[0]?.id ?? '';
    await rig.does(journey, { type: 'problem', problem });
    await rig.does(journey, { type: 'still-stuck' });
    return journey;
  }

  it('tells who calls, from where, why, and what was tried', async () => {
    const journey = await stuckPerson();
    const problem = rig.flow.byId.get('application-password')?.problems[0];
    expect(await only()).toMatchObject({
      status: 'open',
      priority: 'normal',
      reason: { code: problem?.escalate, text: rig.flow.reasons[problem?.escalate ?? ''] },
      step: { id: 'application-password' },
      tried: [{ id: problem?.id, symptom: problem?.symptom }],
      claimed: null,
      journey: { id: journey, person: { name: 'Bo' } },
    });
  });

  it('gives a call to the first who claims it, and tells the second who that is', async () => {
    await stuckPerson();
    const { id } = await only();
    const first = await post(`/escalations/${id}/claim`, kim);
    expect(first.status).toBe(200);
    expect(call.parse(first.body)).toMatchObject({
      status: 'claimed',
      claimed: { id: 'slack:T1:Kim', name: 'Kim' },
    });
    expect(await post(`/escalations/${id}/claim`, sam)).toMatchObject({
      status: 409,
      body: {
        code: 'already-claimed',
        detail: 'Kim has it already.',
        by: { id: 'slack:T1:Kim', name: 'Kim' },
      },
    });
    // Pressed twice by the same hand: it is theirs.
    expect((await post(`/escalations/${id}/claim`, kim)).status).toBe(200);
    expect(await only()).toMatchObject({ status: 'claimed', claimed: { name: 'Kim' } });
  });

  it('gives it to exactly one of many who claim at the same moment', async () => {
    await stuckPerson();
    const { id } = await only();
    const cookies = await Promise.all(['A', 'B', 'C', 'D', 'E', 'F'].map((name) => rig.signIn(name)));
    const answers = await Promise.all(cookies.map((cookie) => post(`/escalations/${id}/claim`, cookie)));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    const winner = call.parse(answers.find((a) => a.status === 200)?.body).claimed?.name;
    for (const { status, body } of answers)
      if (status === 409) expect(body).toMatchObject({ by: { name: winner } });
    const claims = await database.prisma.history.count({ where: { type: 'claim' } });
    expect(claims).toBe(1);
  });

  it('resolves: the journey goes on, the person is not stuck any more, the story keeps it', async () => {
    const journey = await stuckPerson();
    const { id } = await only();
    rig.now += 20 * minute;
    expect((await post(`/escalations/${id}/resolve`, sam)).status).toBe(200);
    expect((await list()).items).toEqual([]);
    const detail = journeyDetail.parse((await rig.get(`/journeys/${journey}`)).body);
    expect(detail.journey).toMatchObject({ status: 'active', escalations: [] });
    expect(detail.resolved).toMatchObject([
      { id, resolved: { name: 'Sam', at: new Date(rig.now).toISOString() } },
    ]);
    expect(detail.history.items[0]).toMatchObject({
      type: 'resolve',
      text: 'Sam resolved it',
      actor: { kind: 'staff', id: 'slack:T1:Sam' },
    });
    expect(await post(`/escalations/${id}/claim`, kim)).toMatchObject({
      status: 409,
      body: { code: 'already-resolved', by: { name: 'Sam' } },
    });
    expect((await post(`/escalations/${id}/resolve`, kim)).status).toBe(409);
    expect((await post(`/escalations/${id}/resolve`, sam)).status).toBe(200);
    expect((await list('?status=resolved')).items.map((e) => e.id)).toEqual([id]);
  });

  it('says so where the employee found the way alone', async () => {
    const journey = await stuckPerson();
    const { id } = await only();
    await rig.does(journey, { type: 'back' });
    await rig.does(journey, { type: 'back' });
    expect(await post(`/escalations/${id}/claim`, kim)).toMatchObject({
      status: 409,
      body: { code: 'already-resolved', detail: 'The employee found the way alone.' },
    });
  });

  it('acts in the name of a key, too', async () => {
    await stuckPerson();
    const { id } = await only();
    const answer = await fetch(`${rig.address}/api/v1/escalations/${id}/claim`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
    });
    expect(answer.status).toBe(200);
    expect((await only()).claimed).toMatchObject({ id: 'key:report', name: 'report' });
  });

  it('knows no escalation that does not exist', async () => {
    for (const act of ['claim', 'resolve'])
      expect(await post(`/escalations/00000000-0000-4000-8000-000000000000/${act}`, kim)).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
  });

  it('lists the oldest first, in pages, and the urgent ones when asked', async () => {
    await seed(
      database.prisma,
      rig.flow,
      Array.from({ length: 60 }, (_, i) => ({
        status: 'stuck',
        since: rig.now - hour,
        escalation: {
          priority: i % 20 === 7 ? ('urgent' as const) : ('normal' as const),
          openedAt: rig.now - Math.floor(i / 3) * minute,
        },
      })),
    );
    const one = await list();
    const two = await list(`?cursor=${one.next}`);
    expect([one.items.length, two.items.length, two.next]).toEqual([50, 10, null]);
    const all = [...one.items, ...two.items];
    expect(new Set(all.map((e) => e.id)).size).toBe(60);
    const times = all.map((e) => Date.parse(e.openedAt));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect((await list('?urgent=true')).items.map((e) => e.priority)).toEqual(['urgent', 'urgent', 'urgent']);
    expect(summary.parse((await rig.get('/summary')).body).escalations).toEqual({
      open: 60,
      claimed: 0,
      urgent: 3,
    });
  });

  it('opens and closes a known issue, and tells the bot of each change once', async () => {
    const id = rig.flow.issues[0]?.id ?? '';
    rig.issuesChanged.length = 0;
    expect(await post(`/known-issues/${id}`, kim, { open: false })).toMatchObject({
      status: 200,
      body: { id, open: false, changedBy: 'slack:T1:Kim' },
    });
    expect((await post(`/known-issues/${id}`, sam, { open: false })).status).toBe(200);
    expect(rig.issuesChanged).toEqual([id]);
    expect(knownIssues.parse((await rig.get('/known-issues')).body).items).toMatchObject([
      { id, open: false },
    ]);
    await post(`/known-issues/${id}`, kim, { open: true });
    expect(rig.issuesChanged).toEqual([id, id]);
    expect((await post('/known-issues/no-such', kim, { open: true })).status).toBe(404);
  });

  it('tells what a known issue means now: the steps it decides about, who is there, who calls because of it', async () => {
    const journey = await rig.newcomer('UBO', 'Bo');
    await rig.walks(journey, 'forgot-password');
    const step = rig.flow.byId.get('forgot-password');
    const problem = step?.problems.find((one) => one.escalate === 'identrust-login-bug')?.id ?? '';
    await rig.does(journey, { type: 'problem', problem });
    await rig.does(journey, { type: 'still-stuck' });
    expect(knownIssues.parse((await rig.get('/known-issues')).body).items).toMatchObject([
      {
        id: 'identrust-login-bug',
        changedBy: 'slack:T1:Kim',
        changedByName: 'Kim',
        steps: [
          { id: 'forgot-password', title: step?.title, shownWhile: 'open', hereNow: 1 },
          { id: 'login-worked', shownWhile: 'closed', hereNow: 0 },
        ],
        calls: { reason: { code: 'identrust-login-bug' }, open: 1 },
      },
    ]);
  });

  it('refuses to change a known issue that is none, or by a body that says nothing', async () => {
    const id = rig.flow.issues[0]?.id ?? '';
    expect((await post('/known-issues/no-such', kim, { open: true })).status).toBe(404);
    expect((await post(`/known-issues/${id}`, kim, { open: 'yes' })).status).toBe(400);
    expect((await post(`/known-issues/${id}`, kim)).status).toBe(400);
  });
});
