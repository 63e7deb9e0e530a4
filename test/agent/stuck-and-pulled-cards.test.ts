import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { suiteNeeding } from '../support/require-part.ts';
import { checkWith, trusting } from '../support/token/look-through.ts';
import { type PrivatePcscd, startPcscd } from '../support/token/pcscd.ts';
import { pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent, OPENSC_MODULE } from '../support/token/rig-parts.ts';
import { secretsPresented } from '../support/token/secrets-presented.ts';
import { makeTestCa, type TestCa } from '../support/token/test-ca.ts';
import { insert } from '../support/token/vpcd.ts';

const PULLS = process.env.LONG === '1' ? 100 : 10;

suiteNeeding('a card that is pulled or stuck (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  let eca: TestCa;
  let pcscd: PrivatePcscd;
  let der: Uint8Array;

  beforeAll(async () => {
    eca = await makeTestCa();
    der = await eca.issue();
  });
  // Each test its own service: a card that never answers keeps the one it was in busy.
  beforeEach(async () => {
    pcscd = await startPcscd({ readers: true });
    return () => pcscd.stop();
  });
  const port = () => pcscd.ports[0] ?? 0;
  // A minute: nothing here may depend on how fast the computer is.
  const check = (deadlineMs = 60_000) => checkWith(trusting(eca, pcscd.env), OPENSC_MODULE, { deadlineMs });

  test(`${PULLS} pulls at random moments: every check ends, and none says "blank" or worse`, {
    timeout: (PULLS + 2) * 60_000,
  }, async () => {
    const whole = pivCard({ '9A': der });
    const first = await insert(whole, port());
    expect((await check()).verdict).toBe('confirmed');
    first.pull();
    const said: string[] = [];
    const secrets: string[] = [];
    for (let n = 0; n < PULLS; n += 1) {
      const card = pivCard({ '9A': der });
      const inserted = await insert(card, port());
      const report = check();
      // By count, so that every part of the reading gets its turn.
      const commands = 1 + Math.floor(Math.random() * whole.log.length);
      await Promise.race([inserted.pullAfter(commands), report]);
      inserted.pull();
      said.push((await report).verdict);
      secrets.push(...secretsPresented(card.log));
    }
    expect(secrets).toEqual([]);
    const allowed = ['no-token', 'confirmed'];
    expect(said.filter((verdict) => !allowed.includes(verdict))).toEqual([]);
  });

  test('a card that is pulled while it is read and put back is never called blank, and then confirmed', async () => {
    const first = await insert(pivCard({ '9A': der }), port());
    const pulled = first.pullAfter(20);
    const report = check();
    await pulled;
    const second = await insert(pivCard({ '9A': der }), port());
    // A look between the two finds the reader empty, and says so.
    expect(['confirmed', 'no-token']).toContain((await report).verdict);
    expect((await check()).verdict).toBe('confirmed');
    second.pull();
  });

  test('the service is killed while a card is read: the check ends, and calls nothing blank', async () => {
    const inserted = await insert(pivCard({ '9A': der }), port());
    const report = check();
    const killed = inserted.pullAfter(15).then(() => pcscd.stop());
    const { verdict } = await report;
    await killed;
    expect(['no-service', 'no-reader', 'no-token', 'module-failed', 'timed-out']).toContain(verdict);
  });

  test('a card that answers no command is "timed-out", within the deadline of two looks', async () => {
    const mute = await insert(pivCard({ '9A': der }), port(), 'mute');
    const start = performance.now();
    expect((await check(2_000)).verdict).toBe('timed-out');
    expect(performance.now() - start).toBeLessThan(10_000);
    mute.pull();
  });

  test('something in the reader that does not even power up is never called blank', async () => {
    const dead = await insert(pivCard({}), port(), 'dead');
    await delay(500);
    expect(['no-token', 'timed-out']).toContain((await check(2_000)).verdict);
    dead.pull();
  });
});
