import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { inspect } from '../../../src/agent/pkcs11/inspect.ts';
import { type SpawnChild, spawnFromSource } from '../../../src/agent/pkcs11/run-child.ts';
import { watchTokens } from '../../../src/agent/pkcs11/watch.ts';
import { suiteNeeding } from '../../support/require-part.ts';
import { brokenModule } from '../../support/token/broken-module.ts';
import { startPcscd } from '../../support/token/pcscd.ts';
import { pivCard } from '../../support/token/piv-card.ts';
import { cardRigPresent, compilerPresent, OPENSC_MODULE } from '../../support/token/rig-parts.ts';
import { insert } from '../../support/token/vpcd.ts';

const PULLS = process.env.LONG === '1' ? 100 : 10;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of cleanUp.splice(0).reverse()) await act();
});

function watch(module: string, env: NodeJS.ProcessEnv, hangMs = 5_000, spawnChild = spawnFromSource(env)) {
  const seen: (readonly string[])[] = [];
  const restarts: string[] = [];
  const stop = new AbortController();
  const ended = watchTokens({
    spawnChild,
    module,
    hangMs,
    signal: stop.signal,
    onChange: (readers) => seen.push(readers),
    onRestart: (why) => restarts.push(why),
  });
  cleanUp.push(() => {
    stop.abort();
    return ended;
  });
  return { seen, restarts, stop, ended };
}

/** Milliseconds until `holds`; fails after `limit`. */
async function until(holds: () => boolean, limit: number): Promise<number> {
  const start = performance.now();
  while (!holds()) {
    if (performance.now() - start > limit) throw new Error(`not so within ${limit} ms`);
    await delay(20);
  }
  return performance.now() - start;
}

suiteNeeding('watching a reader (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  test('a token that is put in is seen within 5 s, and one that is taken out within 2 s', async () => {
    const pcscd = await startPcscd({ readers: true });
    cleanUp.push(() => pcscd.stop());
    const { seen } = watch(OPENSC_MODULE, pcscd.env);
    await until(() => seen.length === 1, 5_000);
    expect(seen).toEqual([[]]);
    const card = await insert(pivCard({}), pcscd.ports[0] ?? 0);
    await until(() => seen.length === 2, 5_000);
    expect(seen[1]).toEqual(['Virtual PCD 00 00']);
    card.pull();
    await until(() => seen.length === 3, 2_000);
    expect(seen[2]).toEqual([]);
  });

  test('a card that never answers makes the child hang; another takes its place and sees the next card', {
    timeout: 90_000,
  }, async () => {
    const pcscd = await startPcscd({ readers: true });
    cleanUp.push(() => pcscd.stop());
    const { seen, restarts } = watch(OPENSC_MODULE, pcscd.env, 4_000);
    await until(() => seen.length === 1, 60_000);
    const mute = await insert(pivCard({}), pcscd.ports[0] ?? 0, 'mute');
    await until(() => restarts.length >= 1, 20_000);
    expect(restarts).toContain('it was silent');
    mute.pull();
    const good = await insert(pivCard({}), pcscd.ports[0] ?? 0);
    await until(() => seen.at(-1)?.length === 1, 30_000);
    good.pull();
  });

  test(`${PULLS} pulls at random moments of a look beside it: the watch goes on and sees the last card`, {
    timeout: (PULLS + 2) * 60_000,
  }, async () => {
    const pcscd = await startPcscd({ readers: true });
    cleanUp.push(() => pcscd.stop());
    const { seen } = watch(OPENSC_MODULE, pcscd.env);
    await until(() => seen.length === 1, 60_000);
    const port = pcscd.ports[0] ?? 0;
    for (let n = 0; n < PULLS; n += 1) {
      const card = await insert(pivCard({}), port);
      const spawnChild = spawnFromSource(pcscd.env);
      const look = inspect({ spawnChild, module: OPENSC_MODULE, deadlineMs: 60_000 });
      await Promise.race([card.pullAfter(1 + Math.floor(Math.random() * 28)), look]);
      card.pull();
      await look;
    }
    const last = await insert(pivCard({}), port);
    await until(() => seen.at(-1)?.length === 1, 60_000);
    last.pull();
    await until(() => seen.at(-1)?.length === 0, 60_000);
    // Nothing is told twice: each word is another than the one before.
    const words = seen.map((readers) => readers.length);
    expect(words.filter((word, i) => i > 0 && word === words[i - 1])).toEqual([]);
  });

  test('it ends when it is told to, and leaves no child behind', async () => {
    const pcscd = await startPcscd({ readers: true });
    cleanUp.push(() => pcscd.stop());
    const { seen, stop, ended } = watch(OPENSC_MODULE, pcscd.env);
    await until(() => seen.length === 1, 5_000);
    stop.abort();
    await expect(Promise.race([ended.then(() => 'ended'), delay(2_000)])).resolves.toBe('ended');
  });
});

/** Children that say, one after the other, what `scripts` list; the last one goes on for ever. */
function childrenThat(scripts: readonly string[]): SpawnChild {
  let n = 0;
  return () => {
    const script = scripts[Math.min(n, scripts.length - 1)] ?? '';
    n += 1;
    const program = `process.stdin.once('data', (line) => {
      const { mark } = JSON.parse(line);
      const says = (readers) => console.log(mark + JSON.stringify({ kind: 'present', readers }));
      ${script}
    }).on('end', () => process.exit());`;
    return spawn(process.execPath, ['-e', program], { stdio: 'pipe' });
  };
}

test('a child that was replaced cannot make a token seem to come and go', async () => {
  const spawnChild = childrenThat([
    "says(['R']); setTimeout(() => process.exit(1), 50);",
    "says([]); says(['R']); setTimeout(() => process.exit(1), 50);",
    "says(['R']); setTimeout(() => { says([]); says([]); }, 50); setInterval(() => {}, 1000);",
  ]);
  const { seen, restarts } = watch('any', process.env, 60_000, spawnChild);
  await until(() => seen.length >= 2, 60_000);
  expect([seen, restarts.length]).toEqual([[['R'], []], 2]);
});

test('on a slow computer patience grows until the first look has time to end', async () => {
  const slow = childrenThat(["setTimeout(() => says(['R']), 1500); setInterval(() => {}, 1000);"]);
  const { seen, restarts } = watch('any', process.env, 300, slow);
  await until(() => seen.length === 1, 90_000);
  expect(restarts.length).toBeGreaterThanOrEqual(2);
  expect(new Set(restarts)).toEqual(new Set(['it was silent']));
});

suiteNeeding('watching through a module that misbehaves (gcc)', compilerPresent, () => {
  test('a crash is followed by another child, at growing intervals', async () => {
    const { restarts } = watch(brokenModule('crashes'), process.env);
    await until(() => restarts.length >= 2, 10_000);
    expect(restarts[0]).toContain('SIGSEGV');
    // 250 ms, 500, 1000, 2000: in four seconds there is no room for more than a handful.
    await delay(2_000);
    expect(restarts.length).toBeLessThan(8);
  });
});
