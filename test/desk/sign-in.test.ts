import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { apiKey, hour, minute, postToken, type Rig, startRig } from './support/rig.ts';

let database: Database;
let rig: Rig;
const extra: Rig[] = [];

beforeAll(async () => {
  database = await openDatabase({});
  rig = await startRig(database);
}, 120_000);
afterEach(async () => {
  for (const other of extra.splice(0)) await other.stop();
});
afterAll(async () => {
  await rig.stop();
  await database.close();
});

const kim = { id: 'slack:T1:U1', name: 'Kim' };
const me = (headers: Record<string, string>) => fetch(`${rig.address}/api/v1/me`, { headers });

it('shows a button first: whoever only looks at the address uses nothing up', async () => {
  const path = await rig.desk.issueSignIn({ id: 'slack:T1:U1', name: 'Kim <b>' });
  for (let i = 0; i < 3; i++) {
    const page = await fetch(`${rig.address}${path}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(await page.text()).toContain('Sign in as Kim &lt;b&gt;');
  }
  expect((await postToken(rig.address, path)).status).toBe(303);
});

it('begins a session with a cookie that scripts and other sites never get', async () => {
  const answer = await postToken(rig.address, await rig.desk.issueSignIn(kim));
  expect(answer.headers.get('location')).toBe('/desk');
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^ecadesk-desk=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  const session = await me({ cookie: cookie.split(';')[0] ?? '' });
  expect(await session.json()).toMatchObject({ id: 'slack:T1:U1', name: 'Kim' });
});

it('marks the cookie Secure, and ties it to this host, where the console is reached by https', async () => {
  const other = await startRig(database, { publicUrl: 'https://desk.example.com/' });
  extra.push(other);
  const answer = await postToken(
    other.address,
    await other.desk.issueSignIn(kim),
    'https://desk.example.com',
  );
  expect(answer.headers.get('set-cookie')).toMatch(
    /^__Host-ecadesk=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
});

it('keeps only hashes of the tokens and of the sessions', async () => {
  const path = await rig.desk.issueSignIn(kim);
  const token = path.split('token=')[1] ?? '';
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  const cookie = (await rig.signIn('Secret')).split('=')[1] ?? '';
  const kept = JSON.stringify([
    await database.prisma.staffSignIn.findMany(),
    await database.prisma.staffSession.findMany(),
  ]);
  expect(kept).not.toContain(token);
  expect(kept).not.toContain(cookie);
});

it('signs in once: of many presses at the same moment one gets the session', async () => {
  const path = await rig.desk.issueSignIn(kim);
  const answers = await Promise.all(Array.from({ length: 8 }, () => postToken(rig.address, path)));
  expect(answers.map((a) => a.status).sort()).toEqual([303, ...Array(7).fill(410)]);
  expect(answers.filter((a) => a.headers.has('set-cookie'))).toHaveLength(1);
  const later = await fetch(`${rig.address}${path}`);
  expect(later.status).toBe(410);
  expect(await later.text()).toContain('Get a new sign-in link');
});

it('lets an address live for ten minutes and a session for twelve hours', async () => {
  const path = await rig.desk.issueSignIn(kim);
  const cookie = await rig.signIn();
  const then = rig.now;
  rig.now = then + 10 * minute - 1;
  expect((await fetch(`${rig.address}${path}`)).status).toBe(200);
  rig.now = then + 10 * minute;
  expect((await postToken(rig.address, path)).status).toBe(410);
  rig.now = then + 12 * hour - 1;
  expect((await me({ cookie })).status).toBe(200);
  rig.now = then + 12 * hour;
  expect((await me({ cookie })).status).toBe(401);
});

it('ends the session at sign-out, on the server too', async () => {
  const cookie = await rig.signIn();
  const out = await fetch(`${rig.address}/desk/sign-out`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: rig.address },
  });
  expect(out.status).toBe(303);
  expect(out.headers.get('set-cookie')).toMatch(/^ecadesk-desk=; Max-Age=0/);
  expect((await me({ cookie })).status).toBe(401);
});

it.each<[string, () => Promise<Record<string, string>>]>([
  ['no key and no cookie', async () => ({})],
  ['a wrong key', async () => ({ authorization: 'Bearer wrong' })],
  ['a key in another scheme', async () => ({ authorization: `Basic ${apiKey}` })],
  ['an empty key', async () => ({ authorization: 'Bearer ' })],
  ['the hash of a key', async () => ({ authorization: `Bearer ${'0'.repeat(64)}` })],
  [
    'a wrong key beside a good cookie',
    async () => ({ authorization: 'Bearer x', cookie: await rig.signIn() }),
  ],
  ['a made-up cookie', async () => ({ cookie: `ecadesk-desk=${'A'.repeat(43)}` })],
  [
    'a sign-in token as a cookie',
    async () => ({ cookie: `ecadesk-desk=${(await rig.desk.issueSignIn(kim)).split('token=')[1]}` }),
  ],
])('refuses %s, as problem details', async (_name, headers) => {
  const answer = await me(await headers());
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  expect(await answer.json()).toMatchObject({
    status: 401,
    code: 'not-signed-in',
    type: 'urn:ecadesk:problem:not-signed-in',
  });
});

it('knows whose key it is', async () => {
  const answer = await me({ authorization: `Bearer ${apiKey}` });
  expect(await answer.json()).toEqual({ id: 'key:report', name: 'report', lead: false, expiresAt: null });
});

it('guards every address of the API', async () => {
  const uuid = '00000000-0000-4000-8000-000000000000';
  const addresses: [string, string][] = [
    ['GET', '/journeys'],
    ['GET', `/journeys/${uuid}`],
    ['GET', '/escalations'],
    ['GET', '/known-issues'],
    ['GET', '/funnel'],
    ['GET', '/summary'],
    ['GET', '/openapi.json'],
    ['GET', '/nothing'],
    ['POST', `/escalations/${uuid}/claim`],
    ['POST', `/escalations/${uuid}/resolve`],
    ['POST', '/known-issues/x'],
  ];
  const answers = await Promise.all(
    addresses.map(([method, path]) =>
      fetch(`${rig.address}/api/v1${path}`, { method, headers: { origin: rig.address } }),
    ),
  );
  expect(answers.map((a) => a.status)).toEqual(addresses.map(() => 401));
  expect((await fetch(`${rig.address}/desk/stream`)).status).toBe(401);
});

it.each([
  ['another site', { origin: 'https://evil.example' }],
  ['a sandboxed page', { origin: 'null' }],
  ['another port of this computer', { origin: 'http://127.0.0.1:1' }],
  ['no origin', {}],
])('does nothing in somebody’s name for %s', async (_name, headers) => {
  const cookie = await rig.signIn();
  const issue = rig.flow.issues[0]?.id ?? '';
  const post = (path: string) =>
    fetch(`${rig.address}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, ...headers, 'content-type': 'application/json' },
      body: '{"open":false}',
    });
  const answer = await post(`/api/v1/known-issues/${issue}`);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'foreign-origin' });
  expect(await database.prisma.knownIssue.findUnique({ where: { id: issue } })).toMatchObject({ open: true });
  expect(
    (await fetch(`${rig.address}/desk/sign-out`, { method: 'POST', headers: { cookie, ...headers } })).status,
  ).toBe(403);
  expect((await me({ cookie })).status).toBe(200);
});

it('writes no token, cookie or key to the log', async () => {
  const path = await rig.desk.issueSignIn(kim);
  const token = path.split('token=')[1] ?? '';
  await fetch(`${rig.address}${path}`);
  const answer = await postToken(rig.address, path);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0]?.split('=')[1] ?? 'none';
  await me({ cookie: `ecadesk-desk=${cookie}`, authorization: `Bearer ${apiKey}` });
  expect(rig.log()).not.toBe('');
  for (const secret of [token, cookie, apiKey]) expect(rig.log()).not.toContain(secret);
});
