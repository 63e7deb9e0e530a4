import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Message } from '../../src/bot/message.ts';
import { type AgentProcess, makeHome, startAgent } from '../support/agent/agent-process.ts';
import { chooseNumber, codeFor } from '../support/agent/rogue.ts';
import { type ServerProcess, startServerProcess } from '../support/agent/server-process.ts';
import { builtInFlow } from '../support/built-in-flow.ts';
import { ChatClient } from '../support/chat-client.ts';
import { suiteNeeding } from '../support/require-part.ts';
import { type PrivatePcscd, startPcscd } from '../support/token/pcscd.ts';
import { pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent, OPENSC_MODULE } from '../support/token/rig-parts.ts';
import { secretsPresented } from '../support/token/secrets-presented.ts';
import { makeTestCa } from '../support/token/test-ca.ts';
import { insert } from '../support/token/vpcd.ts';
import { button, onward } from '../support/walk.ts';

/**
 * The whole thing: somebody in the browser chat, the server and the agent as processes of their own, and a token in a
 * reader. Nothing between them is replaced but what would install software or restart this computer.
 */

const flow = builtInFlow();
const titleOf = (id: string) => flow.byId.get(id)?.title ?? id;
const has = (card: Message, verb: string) =>
  [...card.buttons, ...(card.choices?.options ?? [])].some((b) => b.action.verb === verb);
const accepted = z.object({ tasks: z.array(z.object({ action: z.string(), state: z.string() })) });
const leadKey = 'the-key-of-a-lead-for-this-test';
/** Milliseconds. */
const patience = 180_000;
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

  /** Somebody in the chat with a computer of their own. */
  class Employee {
    readonly chat: ChatClient;
    readonly home = makeHome();
    readonly deeds = mkdtempSync(join(tmpdir(), 'eca-agent-deeds-'));
    readonly hostname: string;
    agent: AgentProcess | null = null;

    constructor(name: string) {
      this.chat = new ChatClient(() => server.address, name);
      this.hostname = `${name.toUpperCase()}-PC`;
      cleanUp.push(async () => {
        await this.agent?.end('SIGKILL');
        this.home.remove();
        rmSync(this.deeds, { recursive: true });
      });
    }

    #start(args: string[], consentMs: number): AgentProcess {
      return startAgent([...args, '--home', this.home.path], {
        env: { ...pcscd.env, PKCS11_MODULE: OPENSC_MODULE },
        world: { hostname: this.hostname, executor: this.deeds, consentMs, lockWaitMs: 60_000 },
      });
    }

    /** As a person does it: the code from the chat, yes at the computer, the number in the chat. */
    async pair(): Promise<void> {
      const code = await codeFor(this.chat);
      const pairing = this.#start(['pair', code, '--server', server.address], 60_000);
      await pairing.says('Type yes');
      pairing.type('yes');
      await pairing.says('Choose the number');
      const number = /Choose the number \D*(\d\d)/.exec(pairing.text)?.[1] ?? '';
      await chooseNumber(this.chat, number, this.hostname);
      expect(await pairing.ended).toBe(0);
    }

    async run(consentMs = 600_000): Promise<AgentProcess> {
      this.agent = this.#start(['run'], consentMs);
      await this.agent.says('Connected');
      return this.agent;
    }

    /** What the executor's stand-in was made to do. */
    done(): string {
      const log = join(this.deeds, 'done.log');
      return existsSync(log) ? readFileSync(log, 'utf8') : '';
    }

    /** The actions that the agent has taken on, by what it keeps on the disk. */
    underWay(): string[] {
      const kept = accepted.parse(JSON.parse(readFileSync(join(this.home.path, 'tasks.json'), 'utf8')));
      return kept.tasks.filter(({ state }) => state === 'accepted').map(({ action }) => action);
    }

    async hears(words: string): Promise<void> {
      const all: string[] = [];
      for (const until = Date.now() + patience; Date.now() < until; await delay(100)) {
        const messages = await this.chat.messages();
        all.splice(0, all.length, ...messages.map(({ message }) => JSON.stringify(message)));
        if (all.some((message) => message.includes(words))) return;
      }
      throw new Error(`nobody said "${words}", only ${all.slice(-5).join('\n')}`);
    }

    /** Presses on, past what the computer finds in the way, until the card has this title. */
    async walkTo(title: string): Promise<Message> {
      // Between the end of one card and the next one's arrival, an older message may be the last with buttons.
      const leadsOn = (card: Message) =>
        has(card, 'to-step') || has(card, 'start') || card.progress !== undefined;
      let card = await this.chat.card(leadsOn);
      while (card.title !== title || has(card, 'solved')) {
        const before = JSON.stringify(card);
        const pressed = has(card, 'to-step') ? { action: button(card, 'to-step') } : onward(flow, card);
        if (pressed === null) throw new Error(`no way on from ${before}`);
        await this.chat.press(pressed.action, pressed.value);
        card = await this.chat.card((next) => leadsOn(next) && JSON.stringify(next) !== before);
      }
      return card;
    }
  }

  async function employee(name: string): Promise<Employee> {
    const one = new Employee(name);
    await one.chat.open();
    await one.chat.press(button(await one.chat.card(), 'start'));
    await one.chat.card((card) => card.progress !== undefined);
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

  test('a change is done on a yes at the computer only, once, whoever is killed in the middle of it', {
    timeout: 900_000,
  }, async () => {
    const bob = await employee('bob');
    await bob.walkTo(titleOf('opensc-download'));
    // An old version is there: nothing proves this step until the new one is.
    writeFileSync(join(bob.deeds, 'installed'), '0.20.0');
    await bob.pair();
    const letIt = async () =>
      bob.chat.press(button(await bob.chat.card((c) => has(c, 'let-computer')), 'let-computer'));

    // Nobody answers: no.
    const impatient = await bob.run(1_000);
    await letIt();
    await bob.hears('nobody answered there in time');
    await impatient.end();

    // Declined.
    const first = await bob.run();
    await letIt();
    await first.says('Type yes to allow it');
    first.type('no');
    await bob.hears('somebody there said no');
    expect(bob.done()).toBe('');

    // The server is killed while the question stands; the answer counts, and is told once it is back.
    const from = first.text.length;
    writeFileSync(join(bob.deeds, 'hold'), '');
    await letIt();
    await first.says('Type yes to allow it', from);
    await server.kill();
    first.type('yes');
    await first.says('Thank you', from);
    await server.start();

    // The agent is killed in the middle of the change, which ends without it; the next one tells how it is.
    while (bob.done() === '') await delay(20);
    await first.end('SIGKILL');
    writeFileSync(join(bob.deeds, 'installed'), '0.26.1');
    rmSync(join(bob.deeds, 'hold'));
    await bob.run();
    const after = await bob.chat.card(
      (c) => c.progress !== undefined && c.title !== titleOf('opensc-download'),
    );
    expect(after.title).not.toBe(titleOf('opensc-download'));
    expect(bob.done()).toBe('install 0.26.1\n');

    // Unpaired in the chat: the agent deletes its key and ends.
    await bob.chat.say('pair');
    const paired = await bob.chat.card((c) => has(c, 'unpair'));
    await bob.chat.press(button(paired, 'unpair'));
    expect(await bob.agent?.ended).toBe(1);
    expect(existsSync(join(bob.home.path, 'pairing.json'))).toBe(false);
  });

  test('a look that is under way when the server, and then the agent, is killed ends once and truly', {
    timeout: 900_000,
  }, async () => {
    const eve = await employee('eve');
    await eve.walkTo(titleOf('set-usb-aside'));
    await eve.pair();
    const first = await eve.run();
    await first.says('Done: look at the token');
    // A card that never answers holds the look up for as long as it is in.
    const mute = await insert(pivCard({}), pcscd.ports[1] ?? 0, 'mute');
    const check = async () => eve.chat.press(button(await eve.chat.card((c) => has(c, 'check')), 'check'));
    await check();
    while (!eve.underWay().includes('token.inspect')) await delay(20);
    await server.kill();
    await first.end('SIGKILL');
    mute.pull();
    await server.start();
    await eve.run();
    await eve.hears('The agent was ended before this was finished');
    expect(eve.underWay()).not.toContain('token.inspect');

    // The next look says what is so, and the person goes on.
    await check();
    await eve.hears('Your computer confirms that no token is in');
    const words = (await eve.chat.messages()).map(({ message }) => JSON.stringify(message));
    expect(words.filter((one) => one.includes('before this was finished'))).toHaveLength(1);
    const next = await eve.walkTo(flow.steps[2]?.title ?? '');
    expect(next.progress?.step).toBe(3);
  });

  test("a lead's stop ends what goes on, hides pairing, and the agents say so; they go on when it is lifted", {
    timeout: 900_000,
  }, async () => {
    const fay = await employee('fay');
    await fay.walkTo(titleOf('opensc-download'));
    writeFileSync(join(fay.deeds, 'installed'), '0.20.0');
    await fay.pair();
    const agent = await fay.run();
    const letIt = async () =>
      fay.chat.press(button(await fay.chat.card((c) => has(c, 'let-computer')), 'let-computer'));
    await letIt();
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
    await letIt();
    await agent.says('Type yes to allow it', from);
    agent.type('yes');
    await fay.hears('Your computer confirms that OpenSC is installed');
    expect(fay.done()).toBe('install 0.26.1\n');
  });
});
