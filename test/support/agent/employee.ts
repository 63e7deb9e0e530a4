import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { readReceipts } from '../../../src/agent/home/receipts.ts';
import type { Message } from '../../../src/bot/message.ts';
import { builtInFlow } from '../built-in-flow.ts';
import { ChatClient } from '../chat-client.ts';
import { OPENSC_MODULE } from '../token/rig-parts.ts';
import { button, onward } from '../walk.ts';
import type { TestWorld } from './agent-entry.ts';
import { type AgentProcess, makeHome, startAgent } from './agent-process.ts';
import { chooseNumber, codeFor } from './rogue.ts';

export const flow = builtInFlow();
export const titleOf = (step: string): string => flow.byId.get(step)?.title ?? step;

export const has = (card: Message, verb: string): boolean =>
  [...card.buttons, ...(card.choices?.options ?? [])].some((b) => b.action.verb === verb);

const kept = z.object({ tasks: z.array(z.object({ action: z.string(), state: z.string() })) });
const found = z.object({ items: z.tuple([z.object({ id: z.string() })]) });
const detail = z.object({
  history: z.object({ items: z.array(z.object({ type: z.string(), text: z.string() })) }),
});
/** Milliseconds. */
const patience = 180_000;

/** What an employee's computer is joined to: the server, and the service for its readers. */
export interface Surroundings {
  readonly address: () => string;
  readonly readers: NodeJS.ProcessEnv;
  /** A key of the desk's, by which to read what the server has on record. */
  readonly deskKey: string;
}

/** Somebody in the browser chat with a computer of their own, on which the agent runs as a process. */
export class Employee {
  readonly chat: ChatClient;
  readonly name: string;
  readonly home = makeHome();
  readonly deeds = mkdtempSync(join(tmpdir(), 'eca-agent-deeds-'));
  readonly hostname: string;
  readonly #around: Surroundings;
  agent: AgentProcess | null = null;

  private constructor(name: string, around: Surroundings) {
    this.chat = new ChatClient(around.address, name);
    this.name = name;
    this.hostname = `${name.toUpperCase()}-PC`;
    this.#around = around;
  }

  /** Has opened the chat and begun the journey. */
  static async begin(name: string, around: Surroundings): Promise<Employee> {
    const one = new Employee(name, around);
    await one.chat.open();
    await one.chat.press(button(await one.chat.card(), 'start'));
    await one.chat.card((card) => card.progress !== undefined);
    return one;
  }

  async leave(): Promise<void> {
    await this.agent?.end('SIGKILL');
    this.home.remove();
    rmSync(this.deeds, { recursive: true });
  }

  #start(args: string[], world: TestWorld): AgentProcess {
    return startAgent([...args, '--home', this.home.path], {
      env: { ...this.#around.readers, PKCS11_MODULE: OPENSC_MODULE },
      world: { hostname: this.hostname, executor: this.deeds, lockWaitMs: 60_000, ...world },
    });
  }

  /** As a person does it: the code from the chat, yes at the computer, the number in the chat. */
  async pair(): Promise<void> {
    const code = await codeFor(this.chat);
    const pairing = this.#start(['pair', code, '--server', this.#around.address()], { consentMs: 60_000 });
    await pairing.says('Type yes');
    pairing.type('yes');
    await pairing.says('Choose the number');
    const number = /Choose the number \D*(\d\d)/.exec(pairing.text)?.[1] ?? '';
    await chooseNumber(this.chat, number, this.hostname);
    if ((await pairing.ended) !== 0) throw new Error(`pairing failed: ${pairing.text}`);
  }

  async run(world: TestWorld = {}): Promise<AgentProcess> {
    this.agent = this.#start(['run'], { consentMs: 600_000, ...world });
    await this.agent.says('Connected');
    return this.agent;
  }

  /** What the executor's stand-in was made to do. */
  done(): string {
    const log = join(this.deeds, 'done.log');
    return existsSync(log) ? readFileSync(log, 'utf8') : '';
  }

  /** Lines of `eca-agent log` with these words. */
  receipts(words: string): string[] {
    return readReceipts(this.home.path)
      .split('\n')
      .filter((line) => line.includes(words));
  }

  /** Until the agent has taken on `action`, by what it keeps on the disk, and has not ended it. */
  async isUnderWay(action: string): Promise<void> {
    for (const until = Date.now() + patience; Date.now() < until; await delay(20)) {
      const { tasks } = kept.parse(JSON.parse(readFileSync(join(this.home.path, 'tasks.json'), 'utf8')));
      if (tasks.some((task) => task.action === action && task.state === 'accepted')) return;
    }
    throw new Error(`${action} never began`);
  }

  /** What the server has on record of this type, the latest first. */
  async recorded(type: string): Promise<string[]> {
    const headers = { authorization: `Bearer ${this.#around.deskKey}` };
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${this.#around.address()}/api/v1/journeys${path}`, { headers })).json();
    const [journey] = found.parse(await ask(`?q=${this.name}`)).items;
    const { items } = detail.parse(await ask(`/${journey.id}`)).history;
    return items.filter((item) => item.type === type).map(({ text }) => text);
  }

  async check(): Promise<void> {
    await this.chat.press(button(await this.chat.card((c) => has(c, 'check')), 'check'));
  }

  async letComputer(): Promise<void> {
    await this.chat.press(button(await this.chat.card((c) => has(c, 'let-computer')), 'let-computer'));
  }

  async hears(words: string): Promise<void> {
    let all: string[] = [];
    for (const until = Date.now() + patience; Date.now() < until; await delay(100)) {
      all = (await this.chat.messages()).map(({ message }) => JSON.stringify(message));
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
      await this.chat.press(pressed.action, pressed.value);
      card = await this.chat.card((next) => leadsOn(next) && JSON.stringify(next) !== before);
    }
    return card;
  }
}
