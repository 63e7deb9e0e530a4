import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Employee, has, titleOf } from '../support/agent/employee.ts';
import { type ServerProcess, startServerProcess } from '../support/agent/server-process.ts';
import { suiteNeeding } from '../support/require-part.ts';
import { type PrivatePcscd, startPcscd } from '../support/token/pcscd.ts';
import { pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent } from '../support/token/rig-parts.ts';
import { secretsPresented } from '../support/token/secrets-presented.ts';
import { makeTestCa } from '../support/token/test-ca.ts';
import { insert } from '../support/token/vpcd.ts';
import { button } from '../support/walk.ts';

/**
 * The whole thing: somebody in the browser chat, the server and the agent as processes of their own, and a token in a
 * reader. Nothing between them is replaced but what would install software or restart this computer.
 */

const leadKey = 'the-key-of-a-lead-for-this-test';
const year = 365 * 86_400_000;

suiteNeeding('chat, server, agent and token together (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  let server: ServerProcess;
  let pcscd: PrivatePcscd;
  let der: Uint8Array;
  const cleanUp: (() => unknown)[] = [];

  beforeAll(async () => {
    const eca = await makeTestCa();
    der = await eca.issue({
      notBefore: new Date(Date.now() - year),
      notAfter: new Date(Date.now() + year),
    });
    const bundle = join(mkdtempSync(join(tmpdir(), 'ecadesk-trust-')), 'bundle.pem');
    writeFileSync(bundle, eca.bundle);
    pcscd = await startPcscd({ readers: true });
    server = await startServerProcess({
      AGENT: 'change',
      DESK_API_KEYS: `lead:${createHash('sha256').update(leadKey).digest('hex')}`,
      ECA_TRUST_BUNDLE: bundle,
      ECA_ROOTS: eca.rootPin,
      OPENSC_VERSION: '0.26.1',
    });
  }, 600_000);
  afterAll(async () => {
    for (const act of cleanUp.splice(0).reverse()) await act();
    await server.end();
    await pcscd.stop();
  });

  async function employee(name: string): Promise<Employee> {
    const one = await Employee.begin(name, {
      address: () => server.address,
      readers: pcscd.env,
      deskKey: leadKey,
    });
    cleanUp.push(() => one.leave());
    return one;
  }

  test('from pairing to "confirmed", with a kind word when the token comes too early', {
    timeout: 900_000,
  }, async () => {
    const ada = await employee('ada');
    await ada.walkTo(titleOf('set-usb-aside'));
    await ada.pair();
    await ada.run();
    const card = pivCard({ '9A': der });
    const early = await insert(card, pcscd.ports[0] ?? 0);
    await ada.hears('Please take the USB token out again');
    early.pull();
    await ada.hears('Thank you, it is out');
    await ada.walkTo(titleOf('confirm-token'));
    const right = await insert(card, pcscd.ports[0] ?? 0);
    const asked = await ada.chat.card((c) => c.choices?.prompt.includes('Is this you') === true);
    expect(asked.choices?.prompt).toContain('Lovelace.Ada.A0001');
    const yes = asked.choices?.options.find((option) => option.action.verb === 'answer');
    if (!yes) throw new Error('there is no yes');
    await ada.chat.press(yes.action);
    const end = await ada.chat.card((c) => c.tone === 'success');
    const proven = end.fields.find(({ label }) => label === 'Steps proven by the computer');
    expect(Number(proven?.value)).toBeGreaterThanOrEqual(1);
    expect([card.log.length > 10, secretsPresented(card.log)]).toEqual([true, []]);
    right.pull();
    // With the journey the pairing ends: a borrowed computer serves the next person.
    expect(await ada.agent?.ended).not.toBeNull();
    expect(existsSync(join(ada.home.path, 'pairing.json'))).toBe(false);
  });

  test('a change is done on a yes at the computer only: no, and no answer, do nothing', {
    timeout: 900_000,
  }, async () => {
    const bob = await employee('bob');
    await bob.walkTo(titleOf('opensc-download'));
    // An old version is there: nothing proves this step until the new one is.
    writeFileSync(join(bob.deeds, 'installed'), '0.20.0');
    await bob.pair();

    const impatient = await bob.run({ consentMs: 1_000 });
    await bob.letComputer();
    await bob.hears('nobody answered there in time');
    await impatient.end();

    const agent = await bob.run();
    await bob.letComputer();
    await agent.says('Type yes to allow it');
    agent.type('no');
    await bob.hears('somebody there said no');
    expect(bob.done()).toBe('');

    const from = agent.text.length;
    await bob.letComputer();
    await agent.says('Type yes to allow it', from);
    agent.type('yes');
    await bob.hears('Your computer confirms that OpenSC is installed');
    expect(bob.done()).toBe('install 0.26.1\n');

    // Unpaired in the chat: the agent deletes its key and ends.
    await bob.chat.say('pair');
    const paired = await bob.chat.card((c) => has(c, 'unpair'));
    await bob.chat.press(button(paired, 'unpair'));
    expect(await agent.ended).toBe(1);
    expect(existsSync(join(bob.home.path, 'pairing.json'))).toBe(false);
  });

  test("a lead's stop ends what goes on, hides pairing, and the agents say so; they go on when it is lifted", {
    timeout: 900_000,
  }, async () => {
    const fay = await employee('fay');
    await fay.walkTo(titleOf('opensc-download'));
    writeFileSync(join(fay.deeds, 'installed'), '0.20.0');
    await fay.pair();
    const agent = await fay.run();
    await fay.letComputer();
    await agent.says('Type yes to allow it');
    const lead = async (act: 'stop' | 'resume') => {
      const headers = { authorization: `Bearer ${leadKey}` };
      const { status } = await fetch(`${server.address}/api/v1/agents/${act}`, { method: 'POST', headers });
      expect(status).toBe(200);
    };
    await lead('stop');
    await agent.says('The help desk has stopped its agents');
    agent.type('yes');
    const gus = await employee('gus');
    await gus.chat.say('pair');
    await gus.hears('That is not available here');
    await fay.hears('Your organisation does not let the computer do this');
    expect(fay.done()).toBe('');
    await lead('resume');
    await fay.chat.say('status');
    const from = agent.text.length;
    await fay.letComputer();
    await agent.says('Type yes to allow it', from);
    agent.type('yes');
    await fay.hears('Your computer confirms that OpenSC is installed');
    expect(fay.done()).toBe('install 0.26.1\n');
  });
});
