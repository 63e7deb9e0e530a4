import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AgentDesk } from '../../src/desk/agents.ts';
import { staffTalk } from '../../src/desk/talk/staff-talk.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Rig, startRig } from './support/rig.ts';

const journeyId = '3d7c5bb0-1111-4000-8000-000000000001';
const at = new Date('2026-11-24T15:00:00Z');

let database: Database;
let rig: Rig;
let stopped: { by: string; at: Date } | null = null;
let paired = true;
const calls: string[] = [];

const agents: AgentDesk = {
  stopped: () => stopped,
  pairedWith: async () => null,
  overview: async () => ({
    mode: stopped ? 'off' : 'look',
    stopped,
    counts: { connected: 1, offline: 2, disabled: 3, unpaired: 4 },
    items: [
      {
        id: '3d7c5bb0-1111-4000-8000-000000000002',
        journeyId,
        person: 'Kim Lee',
        hostname: 'KIMS-PC',
        system: 'Windows 11',
        state: 'connected',
        pairedAt: at,
        heardAt: at,
        unpairedAt: null,
        unpairedBy: null,
      },
    ],
  }),
  stop: async (by) => {
    calls.push(`stop ${by.id}`);
    stopped = { by: by.name, at };
  },
  resume: async (by) => {
    calls.push(`resume ${by.id}`);
    stopped = null;
  },
  unpair: async (journey, by) => {
    calls.push(`unpair ${journey} ${by.id}`);
    return paired;
  },
};

beforeAll(async () => {
  database = await openDatabase({});
  rig = await startRig(database, { agents, leads: ['slack:T1:Lea'] });
}, 120_000);
afterAll(async () => {
  await rig.stop();
  await database.close();
});

async function post(path: string, cookie: string) {
  const response = await fetch(`${rig.address}/api/v1${path}`, {
    method: 'POST',
    headers: { cookie, origin: rig.address },
  });
  return { status: response.status, body: z.looseObject({}).parse(await response.json()) };
}

describe('The API', () => {
  it('lists paired computers with how many are in each state', async () => {
    const { status, body } = await rig.get('/agents');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      mode: 'look',
      stopped: null,
      counts: { connected: 1, offline: 2, disabled: 3, unpaired: 4 },
      items: [{ hostname: 'KIMS-PC', state: 'connected', pairedAt: at.toISOString() }],
    });
  });

  it('lets a lead stop all of them and let them work again; other staff may not', async () => {
    const staff = await rig.signIn('Kim');
    expect(await post('/agents/stop', staff)).toMatchObject({ status: 403, body: { code: 'leads-only' } });
    const lead = await rig.signIn('Lea');
    expect(await post('/agents/stop', lead)).toMatchObject({
      status: 200,
      body: { mode: 'off', stopped: { by: 'Lea' } },
    });
    expect((await post('/agents/resume', staff)).status).toBe(403);
    expect(await post('/agents/resume', lead)).toMatchObject({ status: 200, body: { stopped: null } });
    expect(calls.splice(0)).toEqual(['stop slack:T1:Lea', 'resume slack:T1:Lea']);
  });

  it('lets staff unpair a computer, and says where there is none', async () => {
    const staff = await rig.signIn('Kim');
    expect(await post(`/journeys/${journeyId}/unpair`, staff)).toMatchObject({
      status: 200,
      body: { journey: journeyId, unpaired: true },
    });
    expect(calls.splice(0)).toEqual([`unpair ${journeyId} slack:T1:Kim`]);
    paired = false;
    expect((await post(`/journeys/${journeyId}/unpair`, staff)).status).toBe(404);
    expect((await post(`/journeys/${journeyId}/unpair`, '')).status).toBe(401);
    calls.splice(0);
  });

  it('describes all of it in a valid OpenAPI document', async () => {
    const { body } = await rig.get('/openapi.json');
    const document = z.record(z.string(), z.unknown()).parse(body);
    expect((await new Validator().validate(document)).errors).toBeUndefined();
    const paths = Object.keys(z.record(z.string(), z.unknown()).parse(document.paths));
    expect(paths).toEqual(
      expect.arrayContaining([
        '/api/v1/agents',
        '/api/v1/agents/stop',
        '/api/v1/agents/resume',
        '/api/v1/journeys/{id}/unpair',
      ]),
    );
  });
});

describe('The word "desk"', () => {
  const talk = () =>
    staffTalk({
      agents,
      isLead: (id) => id === 'slack:T1:Lea',
      isStaff: async () => true,
      happen: rig.engine.happen,
      reading: { prisma: database.prisma, flowOf: async () => rig.flow, clock: () => at },
      issueSignIn: async () => '/',
      publicUrl: null,
    });
  const from = (id: string) => ({
    id: 'x',
    from: { provider: 'slack' as const, tenant: 'T1', id },
    profile: {},
    conversation: { key: id, reference: {} },
    at,
    said: { kind: 'opened' as const },
  });
  const shape = z.object({
    messages: z.array(
      z.object({
        summary: z.string(),
        buttons: z.array(z.object({ action: z.object({ verb: z.string() }) })),
      }),
    ),
  });
  const desk = async (who: string) => {
    const answer = shape.parse(await talk().answer(from(who), { kind: 'word', word: 'desk' }, null));
    return answer.messages.flatMap((m) => m.buttons.map((b) => b.action.verb));
  };
  const press = async (who: string, verb: string) => {
    const intent = { kind: 'press' as const, action: { verb }, value: null };
    return shape.parse(await talk().answer(from(who), intent, null)).messages[0]?.summary;
  };

  it('has the stop for leads only, and the way back once they are stopped', async () => {
    expect(await desk('Kim')).toEqual([]);
    expect(await desk('Lea')).toEqual(['agents-stop']);
    expect(await press('Kim', 'agents-stop')).toContain('leads');
    expect(calls).toEqual([]);
    expect(await press('Lea', 'agents-stop')).toBe('All agents are stopped.');
    expect(await desk('Lea')).toEqual(['agents-resume']);
    expect(await press('Kim', 'agents-resume')).toContain('leads');
    expect(await press('Lea', 'agents-resume')).toBe('Agents may work again.');
    expect(calls.splice(0)).toEqual(['stop slack:T1:Lea', 'resume slack:T1:Lea']);
  });
});
