import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Employee, flow, titleOf } from '../support/agent/employee.ts';
import { type ServerProcess, startServerProcess } from '../support/agent/server-process.ts';
import { suiteNeeding } from '../support/require-part.ts';
import { type PrivatePcscd, startPcscd } from '../support/token/pcscd.ts';
import { pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent } from '../support/token/rig-parts.ts';
import { insert } from '../support/token/vpcd.ts';

/**
 * The server and the agent, both killed (kill -9) in the middle of each action and started again: the action ends
 * once, on both sides, in what is true.
 */

const deskKey = 'a-key-of-the-desk-for-this-test';
const interrupted = 'The agent was ended before this was finished';
const timeout = 900_000;

interface Look {
  action: string;
  step: string;
  /** As a receipt has it. */
  words: string;
  /** What the person who asked is told. */
  truth: string;
  /** This step is about finding out, so that the first look is told of unasked. */
  unasked: boolean;
  /** Holds the look up. @returns what lets it go */
  hold(one: Employee): Promise<() => void>;
}

suiteNeeding('server and agent killed in the middle (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  let server: ServerProcess;
  let pcscd: PrivatePcscd;
  const employees: Employee[] = [];

  beforeAll(async () => {
    pcscd = await startPcscd({ readers: true });
    server = await startServerProcess({
      AGENT: 'change',
      OPENSC_VERSION: '0.26.1',
      DESK_API_KEYS: `desk:${createHash('sha256').update(deskKey).digest('hex')}`,
    });
  }, 600_000);
  afterAll(async () => {
    for (const one of employees) await one.leave();
    await server.end();
    await pcscd.stop();
  });

  /** Somebody at this step, whose agent runs. */
  async function employee(name: string, step: string, bootedAt?: number): Promise<Employee> {
    const around = { address: () => server.address, readers: pcscd.env, deskKey };
    const one = await Employee.begin(name, around);
    employees.push(one);
    await one.walkTo(titleOf(step));
    // An old version is there: nothing proves a step of OpenSC's.
    writeFileSync(join(one.deeds, 'installed'), '0.20.0');
    await one.pair();
    await one.run({ bootedAt });
    return one;
  }

  const killBoth = async (one: Employee): Promise<void> => {
    await server.kill();
    await one.agent?.end('SIGKILL');
  };
  const startBoth = async (one: Employee, bootedAt?: number): Promise<void> => {
    await server.start();
    await one.run({ bootedAt });
  };

  const holdLooks = async ({ deeds }: Employee): Promise<() => void> => {
    writeFileSync(join(deeds, 'hold-looks'), '');
    return () => rmSync(join(deeds, 'hold-looks'));
  };
  const looks: Look[] = [
    {
      action: 'system.inspect',
      step: 'at-windows',
      words: 'look at which computer and system this is',
      truth: 'Find a Windows computer for these steps, please',
      unasked: true,
      hold: holdLooks,
    },
    {
      action: 'opensc.inspect',
      step: 'opensc-download',
      words: 'look whether OpenSC',
      truth: 'this computer has the older version 0.20.0',
      unasked: false,
      hold: holdLooks,
    },
    {
      action: 'token.inspect',
      step: 'set-usb-aside',
      words: 'look at the token and its certificates',
      truth: 'Your computer confirms that no token is in',
      unasked: false,
      async hold() {
        // A card that never answers holds a look up for as long as it is in.
        const mute = await insert(pivCard({}), pcscd.ports[1] ?? 0, 'mute');
        return () => mute.pull();
      },
    },
  ];

  test.each(looks)(
    '$action ends as interrupted, and the next look says what is so',
    { timeout },
    async (look) => {
      const { action, step, words, truth } = look;
      const eve = await employee(`eve-${step}`, step);
      await eve.agent?.says(words);
      if (look.unasked) await eve.hears(truth);
      await eve.walkTo(titleOf(step));
      const before = eve.receipts(words).length;
      const letGo = await look.hold(eve);
      await eve.check();
      await eve.isUnderWay(action);
      await killBoth(eve);
      letGo();
      await startBoth(eve);
      await eve.hears(interrupted);

      await eve.walkTo(titleOf(step));
      await eve.check();
      await eve.hears(truth);
      expect(await eve.recorded('action-failed')).toEqual([expect.stringContaining('(interrupted)')]);
      const after = eve.receipts(words).slice(before);
      expect(after.map((line) => line.includes('(interrupted)'))).toEqual([true, false]);
      await eve.walkTo(flow.steps[flow.steps.findIndex(({ id }) => id === step) + 1]?.title ?? '');
    },
  );

  test('token.watch ends as interrupted, and the next one tells what happened meanwhile', {
    timeout,
  }, async () => {
    const ida = await employee('ida', 'set-usb-aside');
    const early = await insert(pivCard({}), pcscd.ports[0] ?? 0);
    await ida.hears('Please take the USB token out again');
    await ida.isUnderWay('token.watch');
    await killBoth(ida);
    early.pull();
    await startBoth(ida);
    await ida.hears('Thank you, it is out');
    const ends = ida.receipts('watch for the token').map((line) => line.includes('(interrupted)'));
    expect(ends).toEqual([true]);
    // Nobody is bothered with the end of a watch.
    expect(await ida.recorded('action-failed')).toEqual([]);

    const seen = async () => (await ida.recorded('proven')).filter((text) => text.endsWith('the USB token'));
    expect(await seen()).toHaveLength(1);
    const again = await insert(pivCard({}), pcscd.ports[0] ?? 0);
    while ((await seen()).length < 2) await delay(50);
    again.pull();
  });

  test('opensc.install: the yes outlives the server, and what the agent began is not begun again', {
    timeout,
  }, async () => {
    const bob = await employee('bob', 'opensc-download');
    const { agent } = bob;
    if (!agent) throw new Error('no agent runs');
    writeFileSync(join(bob.deeds, 'hold'), '');
    await bob.letComputer();
    await agent.says('Type yes to allow it');
    await server.kill();
    agent.type('yes');
    await agent.says('Thank you');
    while (bob.done() === '') await delay(20);
    await agent.end('SIGKILL');
    // The change ends without its agent; the next one tells how it is.
    writeFileSync(join(bob.deeds, 'installed'), '0.26.1');
    rmSync(join(bob.deeds, 'hold'));
    await startBoth(bob);
    await bob.chat.card((c) => c.progress !== undefined && c.title !== titleOf('opensc-download'));
    expect(endings(bob, 'install OpenSC')).toEqual(['Begun, after your yes', 'Done']);
    expect(bob.done()).toBe('install 0.26.1\n');
    expect(await bob.recorded('action-failed')).toEqual([]);
  });

  test.each([
    ['rae', 'came up again', 'Your computer has restarted', 'Done'],
    ['roy', 'did not go down', interrupted, 'Failed'],
  ] as const)("system.restart: %s's computer %s", { timeout }, async (name, _, words, end) => {
    const bootedAt = Date.now() - 3_600_000;
    const one = await employee(name, 'restart', bootedAt);
    // While it asks: nothing is done, and nothing is asked again.
    await one.letComputer();
    await one.agent?.says('Type yes to allow it');
    await killBoth(one);
    await startBoth(one, bootedAt);
    await one.hears(interrupted);
    expect([one.done(), one.agent?.text.includes('Type yes')]).toEqual(['', false]);

    await one.walkTo(titleOf('restart'));
    writeFileSync(join(one.deeds, 'hold'), '');
    await one.letComputer();
    await one.agent?.says('Type yes to allow it');
    one.agent?.type('yes');
    while (one.done() === '') await delay(20);
    await killBoth(one);
    rmSync(join(one.deeds, 'hold'));
    await startBoth(one, end === 'Done' ? Date.now() : bootedAt);
    await one.hears(words);
    const restarted = (await one.recorded('proven')).filter((text) => text.includes('restarted'));
    const failed = await one.recorded('action-failed');
    expect([restarted.length, failed.length]).toEqual(end === 'Done' ? [1, 1] : [0, 2]);
    expect(endings(one, 'restart this computer')).toEqual(['Failed', 'Begun, after your yes', end]);
    expect(one.done()).toBe('restart\n');
  });
});

/** How the receipts with these words begin. */
function endings(of: Employee, words: string): (string | undefined)[] {
  return of.receipts(words).map((line) => / {2}([^:]+):/.exec(line)?.[1]);
}
