import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/server/logger.ts';
import { redactor } from '../../src/server/redact.ts';
import { startServer } from '../support/server.ts';

const canary = 'Hunter2-canary';
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJoIn0.c2lnbmF0dXJl';

function logged(write: (log: ReturnType<typeof createLogger>) => void, secrets: string[] = []): string {
  const lines: string[] = [];
  write(createLogger({ level: 'info', secrets, to: { write: (line) => lines.push(line) } }));
  return lines.join('');
}

describe('The log', () => {
  it.each<[string, object | string]>([
    ['a password', { password: canary }],
    ['one deep inside', { a: { b: { c: { newPassword: canary } } } }],
    ['a PIN', { tokenPin: canary, pin: canary, user_pin: canary }],
    ['an activation code', { activationCode: canary, activation_code: canary }],
    ['headers', { req: { headers: { authorization: `Bearer ${canary}`, cookie: `s=${canary}` } } }],
    ['a bearer token in words', `called with Bearer ${canary}`],
    [
      'JSON in a text',
      { body: JSON.stringify({ activationCode: canary, inner: JSON.stringify({ pin: canary }) }) },
    ],
    ['a quote within a secret', { password: `"${canary}` }],
    ['words', `the password is: ${canary}, activation code = ${canary}`],
    ['a sign-in link', `open http://127.0.0.1:3978/desk/sign-in?${canary} or /desk/sign-in/${canary}`],
    ['a query', `GET /desk?token=${canary}&key=${canary} HTTP/1.1`],
    ['a database address', `postgresql://ecadesk:${canary}@db:5432/ecadesk`],
  ])('leaves out %s', (_what, what) => {
    const text = logged((log) => (typeof what === 'string' ? log.info(what) : log.info(what, 'message')));
    expect(text).not.toContain(canary);
    expect(text).toContain('[redacted]');
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each(['xoxb-12-34-abcDEF', 'xoxe.xoxp-1-abc', 'xapp-1-A1-22-abc', jwt])(
    'leaves out the token %s',
    (token) => {
      const text = logged((log) => log.error({ err: new Error(`refused: ${token}`) }, `sent ${token}`));
      expect(text).not.toContain(token);
    },
  );

  it('leaves out every secret of the configuration wherever it stands', () => {
    const odd = 'p@"ss\\word%ä';
    const text = logged((log) => log.info({ x: [`-${odd}-`], y: encodeURIComponent(odd) }, odd), [odd]);
    expect(text).not.toMatch(/ss\\+word|p%40/);
  });

  it('keeps what operators need', () => {
    const keep = {
      code: 'port-taken',
      status: 500,
      route: '/desk',
      step: 'enter-activation-code',
      stuck: 'token-not-seen',
    };
    expect(JSON.parse(logged((log) => log.warn(keep, 'Insert the token, then press Done')))).toMatchObject({
      ...keep,
      level: 'warn',
      msg: 'Insert the token, then press Done',
    });
  });

  it('takes as long for a hostile line as for any other', () => {
    const hostile = [
      `"password":"${'\\'.repeat(50_000)}`,
      '"token":'.repeat(10_000),
      `pin${' '.repeat(50_000)}`,
    ];
    const began = performance.now();
    for (const line of hostile) redactor([])(line);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('has a line for a request, without its address', async () => {
    const { url, log } = await startServer({ routes: (app) => app.get('/desk/:id', () => 'ok') });
    await fetch(`${url}/desk/${canary}?t=${canary}`, { headers: { authorization: `Bearer ${canary}` } });
    await expect.poll(log).toContain('"route":"/desk/:id"');
    expect(log()).not.toContain(canary);
  });

  it('has no secret after a request that fails', async () => {
    const { url, log } = await startServer({
      routes: (app) =>
        app.post('/in', (request) => {
          throw new Error(`cannot save ${JSON.stringify(request.body)}`);
        }),
    });
    const body = JSON.stringify({ password: canary });
    await fetch(`${url}/in?token=${canary}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await expect.poll(log).toContain('cannot save');
    expect(log()).not.toContain(canary);
  });
});
