import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loopbackOnly } from '../../../src/server/loopback.ts';
import { Listener } from './support/events.ts';
import { type Rig, startRig } from './support/rig.ts';

let rig: Rig;
const listeners: Listener[] = [];

beforeAll(async () => {
  rig = await startRig({ guard: loopbackOnly });
});
afterEach(() => {
  for (const listener of listeners.splice(0)) listener.close();
  rig.script = () => {};
});
afterAll(() => rig.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(rig.address + path, { headers, redirect: 'manual' });

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${rig.address}/chat/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function listen(as: string, parts: { after?: number; header?: number } = {}): Promise<Listener> {
  const listener = new Listener();
  listeners.push(listener);
  const after = parts.after === undefined ? '' : `&after=${parts.after}`;
  await listener.open(
    `${rig.address}/chat/api/stream?as=${as}${after}`,
    parts.header === undefined ? {} : { 'last-event-id': String(parts.header) },
  );
  await expect.poll(() => listener.events.some(({ event }) => event === 'ready')).toBe(true);
  return listener;
}

describe('the page', () => {
  it('is one document that runs and styles nothing inline', async () => {
    const answer = await get('/chat?as=ana');
    const html = await answer.text();
    expect(answer.headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'/);
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\ssrc=)| on\w+=/);
  });

  it('is where the root leads, with whom one plays', async () => {
    expect((await get('/?as=ana')).headers.get('location')).toBe('/chat?as=ana');
  });

  it('names its assets by their content, so that they may be kept for ever', async () => {
    const html = await (await get('/chat')).text();
    const script = /src="([^"]+)"/.exec(html)?.[1] ?? '';
    const answer = await get(script);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    expect((await get('/chat/assets/chat.js?v=other')).headers.get('cache-control')).toBe('no-store');
  });

  it('shows pictures of the flow and no other file', async () => {
    const picture = await get('/chat/pictures/fields.png');
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    const others = [
      'secret.txt',
      'none.png',
      '..%2ffields.png',
      '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
      '.png',
      'FIELDS.png',
    ];
    for (const name of others) expect((await get(`/chat/pictures/${name}`)).status, name).toBe(404);
  });
});

describe('what comes in', () => {
  it('is handed on as a person, a conversation and what was said', async () => {
    const id = randomUUID();
    const answer = await post('say', {
      id,
      as: 'ana-lu',
      text: 'hello',
      zone: 'Europe/Lisbon',
      locale: 'pt-PT',
    });
    expect(await answer.json()).toEqual({ received: 'received' });
    expect(rig.received.at(-1)).toMatchObject({
      id,
      from: { provider: 'local', tenant: 'local', id: 'ana-lu' },
      profile: { name: 'Ana Lu', zone: 'Europe/Lisbon', locale: 'pt-PT' },
      conversation: { key: 'employee/ana-lu', reference: { as: 'ana-lu' } },
      said: { kind: 'text', text: 'hello' },
    });
  });

  it('leaves out a zone and a locale that nobody knows', async () => {
    await post('say', { id: randomUUID(), as: 'ana', text: 'hello', zone: 'Mars/Base', locale: '!!' });
    expect(rig.received.at(-1)?.profile).toEqual({ name: 'Ana' });
  });

  it('is a duplicate the second time, and happens once', async () => {
    const press = { id: randomUUID(), as: 'ana', action: 'done|j|s|3|', value: '2026-03-01' };
    expect(await (await post('press', press)).json()).toEqual({ received: 'received' });
    expect(await (await post('press', press)).json()).toEqual({ received: 'duplicate' });
    const pressed = rig.received.filter(({ id }) => id === press.id).map(({ said }) => said);
    expect(pressed).toEqual([
      { kind: 'press', action: { verb: 'done', about: 'j', step: 's', revision: 3 }, value: '2026-03-01' },
    ]);
  });

  it('says "press again" when it could not be saved, and takes the same event then', async () => {
    const say = { id: randomUUID(), as: 'ana', text: 'hello' };
    rig.script = () => Promise.reject(new Error('no database'));
    const failed = await post('say', say);
    expect(failed.status).toBe(503);
    expect(await failed.json()).toEqual({
      code: 'not-saved',
      message: 'Could not save that, please press again.',
    });
    rig.script = () => {};
    expect(await (await post('say', say)).json()).toEqual({ received: 'received' });
  });

  it('keeps nothing of what was typed by itself: only the engine, once it has screened it, does', async () => {
    await post('say', { id: randomUUID(), as: 'discreet', text: 'my PIN is 123456' });
    expect(
      await rig.database.prisma.localMessage.count({ where: { conversationKey: 'employee/discreet' } }),
    ).toBe(0);
  });

  it('makes the same of a page opened twice in a day', async () => {
    expect(await (await post('opened', { as: 'early' })).json()).toEqual({ received: 'received' });
    expect(await (await post('opened', { as: 'early' })).json()).toEqual({ received: 'duplicate' });
  });

  it('takes long texts whole, in any script, and drops only what a database cannot hold', async () => {
    const text = `${'€'.repeat(199_990)}\u0000\ud800end`;
    expect((await post('say', { id: randomUUID(), as: 'ana', text })).status).toBe(200);
    expect(rig.received.at(-1)?.said).toMatchObject({ text: `${'€'.repeat(199_990)}\ufffdend` });
  });

  it('refuses what is too long, in a sentence', async () => {
    const answer = await post('say', { id: randomUUID(), as: 'ana', text: 'x'.repeat(2_000_000) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      code: 'too-long',
      message: expect.stringContaining('200,000'),
    });
  });

  const id = randomUUID();
  it.each([
    ['no JSON', 'say', '{'],
    ['null', 'say', null],
    ['no id', 'say', { as: 'ana', text: 'x' }],
    ['an id that is none', 'say', { id: 'x', as: 'ana', text: 'x' }],
    ['nobody', 'say', { id, as: '', text: 'x' }],
    ['a name that leads elsewhere', 'say', { id, as: '../desk', text: 'x' }],
    ['nothing said', 'say', { id, as: 'ana', text: '' }],
    ['nothing but NUL', 'say', { id, as: 'ana', text: '\u0000' }],
    ['too much said', 'say', { id, as: 'ana', text: 'x'.repeat(200_001) }],
    ['no action', 'press', { id, as: 'ana' }],
    ['an action that is none', 'press', { id, as: 'ana', action: 'a|b|c|d|e|f' }],
    ['a value that is no text', 'press', { id, as: 'ana', action: 'done', value: 7 }],
  ])('answers 400 to %s, and hands nothing on', async (_name, path, body) => {
    const before = rig.received.length;
    expect((await post(path, body)).status).toBe(400);
    expect(rig.received.length).toBe(before);
  });

  it('refuses what another site’s form could send', async () => {
    const body = JSON.stringify({ id, as: 'ana', text: 'x' });
    expect((await post('say', body, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await post('say', body, { origin: 'http://evil.example' })).status).toBe(403);
  });
});

it('lets only this computer’s own browser reach any of it', async () => {
  const paths = [
    '/',
    '/chat',
    '/chat/assets/chat.js',
    '/chat/pictures/fields.png',
    '/chat/api/transcript?as=ana',
    '/chat/api/stream?as=ana',
  ];
  for (const path of paths)
    expect((await get(path, { 'x-forwarded-for': '10.0.0.1' })).status, path).toBe(403);
});

describe('the live stream', () => {
  it('sends what was there, then each line as it comes, and agrees with the transcript', async () => {
    await rig.say('lena', { title: 'One' });
    const listener = await listen('lena');
    expect(listener.entries()).toMatchObject([{ body: { message: { title: 'One' } } }]);
    await rig.say('lena', { title: 'Two' });
    await rig.channel.keepOwnWords(randomUUID(), 'employee/lena', null, new Date());
    await expect.poll(() => listener.entries().length).toBe(3);
    const transcript = await (await get('/chat/api/transcript?as=lena')).json();
    expect(transcript).toEqual({
      last: Number(listener.events.findLast(({ id: seq }) => seq)?.id),
      entries: listener.entries(),
    });
  });

  it('goes on after the line that the page has, by address or by header', async () => {
    await rig.say('mia', { title: 'One' });
    const seq = Number((await listen('mia')).events[0]?.id);
    await rig.say('mia', { title: 'Two' });
    const two = [{ body: { message: { title: 'Two' } } }];
    expect((await listen('mia', { after: seq })).entries()).toMatchObject(two);
    expect((await listen('mia', { after: 0, header: seq })).entries()).toMatchObject(two);
  });

  it('tells a page whose log this server never wrote to begin anew', async () => {
    await rig.say('nora', { title: 'One' });
    const listener = await listen('nora', { after: 1_000_000 });
    expect(listener.events.map(({ event }) => event)).toEqual(['reset', 'ready']);
  });

  it('sends nobody another’s messages', async () => {
    const listener = await listen('olga');
    await rig.say('petra', { title: 'For Petra' });
    await rig.say('olga', { title: 'For Olga' });
    await expect.poll(() => listener.entries().length).toBe(1);
    expect(listener.entries()).toMatchObject([{ body: { message: { title: 'For Olga' } } }]);
  });

  it('loses and doubles nothing when lines pour in while pages come and go', async () => {
    const pour = Promise.all(Array.from({ length: 40 }, (_, i) => rig.say('quinn', { title: `${i}` })));
    const before = await listen('quinn');
    await pour;
    const after = await listen('quinn');
    await expect.poll(() => before.entries().length).toBe(40);
    expect(before.entries()).toEqual(after.entries());
  });

  it('ends when the server stops, at once', async () => {
    const listener = await listen('rosa');
    const begun = performance.now();
    await rig.restart();
    expect(performance.now() - begun).toBeLessThan(2_000);
    await expect.poll(() => listener.ended).toBe(true);
  });
});
