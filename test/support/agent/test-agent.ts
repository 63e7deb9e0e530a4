import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import * as protocol from '../../../src/agent/protocol.ts';

/** What pairing ended with: all that an agent keeps. */
export interface Identity {
  keys: protocol.KeyPair;
  paired: protocol.Paired;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface Computer {
  hostname: string;
  account: string;
  system: string;
}

const problem = protocol.pairProblem;
export const kims: Computer = { hostname: 'KIMS-PC', account: 'kim', system: 'Windows 11' };

/** A computer at pairing, over real HTTP. Each stage can be called by hand, and with anything in it. */
export class PairingClient {
  readonly keys: protocol.KeyPair;
  readonly #base: string;
  readonly #clock: () => number;
  claimed: protocol.Claimed | null = null;

  constructor(base: string, clock: () => number, keys = protocol.makeKeyPair()) {
    this.#base = base;
    this.#clock = clock;
    this.keys = keys;
  }

  async post(body: unknown): Promise<Answer> {
    const response = await fetch(`${this.#base}/agent/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  stage(stage: protocol.PairRequest['stage'], body: unknown, key = this.keys.privateKey): Promise<Answer> {
    return this.post({ stage, signed: protocol.seal(key, stage, body) });
  }

  async claim(code: string, more: Partial<protocol.Claim> = {}): Promise<Answer> {
    const { publicKey } = this.keys;
    const answer = await this.stage('claim', { code, publicKey, ...kims, at: this.#clock(), ...more });
    if (answer.status === 200) this.claimed = protocol.claimed.parse(answer.body);
    return answer;
  }

  step(stage: 'agree' | 'wait' | 'leave', more: object = {}): Promise<Answer> {
    const { pairing, nonce } = protocol.claimed.parse(this.claimed);
    return this.stage(stage, { pairing, nonce, at: this.#clock(), ...more });
  }

  async agree(): Promise<string> {
    return protocol.agreed.parse((await this.step('agree')).body).number;
  }

  async wait(): Promise<protocol.Waited> {
    return protocol.waited.parse((await this.step('wait')).body);
  }

  /** The confirmed pairing, checked as the agent checks it. */
  async identity(): Promise<Identity> {
    const waited = await this.wait();
    if (waited.state !== 'confirmed') throw new Error(`not confirmed but ${JSON.stringify(waited)}`);
    const server = protocol.readPublicKey(protocol.claimed.parse(this.claimed).serverKey);
    const paired = protocol.unseal(server, 'paired', waited.paired, protocol.paired);
    if (!paired) throw new Error('the paired document is not the server’s');
    return { keys: this.keys, paired };
  }
}

/** The code of a problem answer. */
export function problemOf({ body }: Answer): z.output<typeof problem> {
  return problem.parse(body);
}

export interface AgentOptions {
  clock: () => number;
  bootedAt?: number;
  version?: string;
  on?: boolean;
  /** False: it answers no pings. */
  pongs?: boolean;
}

type Received = { frame: protocol.ServerFrame } | { closed: number };

/** What the agent's side of a link received, in order; what has not come yet can be awaited. */
class Inbox {
  readonly all: Received[] = [];
  #wake: (() => void)[] = [];

  put(received: Received): void {
    this.all.push(received);
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** The first from `from` on that `find` makes something of. @throws after a minute without one */
  async next<T>(find: (received: Received) => T | undefined, from = 0, what = 'it'): Promise<T> {
    const deadline = AbortSignal.timeout(60_000);
    for (let i = from; ; i++) {
      while (i >= this.all.length) {
        if (deadline.aborted) throw new Error(`${what} never came; there were ${JSON.stringify(this.all)}`);
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve);
          deadline.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      const received = this.all[i];
      const found = received && find(received);
      if (found !== undefined) return found;
    }
  }
}

/** An agent at its link, over a real WebSocket. It keeps the protocol as long as nobody makes it say other things. */
export class TestAgent {
  readonly identity: Identity;
  readonly socket: WebSocket;
  readonly inbox = new Inbox();
  readonly nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
  readonly #clock: () => number;
  #read = 0;

  constructor(base: string, identity: Identity, { clock, pongs = true }: AgentOptions) {
    this.identity = identity;
    this.#clock = clock;
    this.socket = new WebSocket(`${base.replace(/^http/, 'ws')}/agent/link`, { autoPong: pongs });
    this.socket.on('message', (data) => {
      const frame = protocol.serverFrame.parse(JSON.parse(String(data)));
      this.inbox.put({ frame });
    });
    this.socket.on('close', (code) => this.inbox.put({ closed: code }));
    this.socket.on('error', () => {});
  }

  /** Connects and greets; resolves once the server has proven itself. */
  static async link(base: string, identity: Identity, options: AgentOptions): Promise<TestAgent> {
    const agent = new TestAgent(base, identity, options);
    await agent.greet(options);
    await agent.welcome();
    return agent;
  }

  /** Answers the server's greeting; `more` changes what is said, `key` who signs it. */
  async greet(
    options: Partial<AgentOptions> = {},
    more: Partial<protocol.AgentHello> = {},
    key = this.identity.keys.privateKey,
  ): Promise<void> {
    const { nonce: answer } = await this.frame('hello');
    const { paired } = this.identity;
    const hello = {
      device: paired.device,
      answer,
      nonce: this.nonce,
      at: this.#clock(),
      serverKey: paired.serverKey,
      version: options.version ?? '0.1.0',
      bootedAt: options.bootedAt ?? 1_700_000_000_000,
      on: options.on ?? true,
      ...more,
    };
    this.say({ type: 'hello', signed: protocol.seal(key, 'agent-hello', hello) });
  }

  async welcome(): Promise<z.output<typeof protocol.serverWelcome>> {
    const { signed } = await this.frame('welcome');
    const body = this.#open('server-welcome', signed, protocol.serverWelcome);
    if (body.answer !== this.nonce) throw new Error('the welcome answers another hello');
    return body;
  }

  /** Sends anything. */
  say(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** The first frame of this type that was received. */
  frame<T extends protocol.ServerFrame['type']>(
    type: T,
  ): Promise<Extract<protocol.ServerFrame, { type: T }>> {
    return this.inbox.next(
      (received) => ('frame' in received && isA(received.frame, type) ? received.frame : undefined),
      0,
      `a frame "${type}"`,
    );
  }

  /** The next command of this action after the last one taken. */
  async command(action: string): Promise<protocol.Command> {
    return this.inbox.next(
      (received) => {
        if (!('frame' in received) || received.frame.type !== 'command') return undefined;
        const command = this.#open('command', received.frame.signed, protocol.command);
        const at = this.inbox.all.indexOf(received);
        if (command.action !== action || at < this.#read) return undefined;
        this.#read = at + 1;
        return command;
      },
      this.#read,
      `a command "${action}"`,
    );
  }

  /** All commands so far. */
  commands(): protocol.Command[] {
    return this.inbox.all.flatMap((received) =>
      'frame' in received && received.frame.type === 'command'
        ? [this.#open('command', received.frame.signed, protocol.command)]
        : [],
    );
  }

  began(task: string): void {
    this.say({ type: 'began', task });
  }

  result(task: string, outcome: protocol.Outcome): void {
    this.say({ type: 'result', task, outcome, at: this.#clock() });
  }

  /** Tells a result and waits until the server has it. */
  async deliver(task: string, outcome: protocol.Outcome): Promise<void> {
    this.result(task, outcome);
    await this.taken(task);
  }

  taken(task: string): Promise<true> {
    return this.inbox.next(
      (received) =>
        'frame' in received && received.frame.type === 'taken' && received.frame.task === task
          ? true
          : undefined,
      0,
      `"taken" of ${task}`,
    );
  }

  seen(task: string, present: boolean): void {
    this.say({ type: 'seen', task, present, at: this.#clock() });
  }

  /** The policy of this mode. */
  policy(mode: protocol.AgentMode): Promise<z.output<typeof protocol.policy>> {
    return this.inbox.next(
      (received) => {
        if (!('frame' in received) || received.frame.type !== 'policy') return undefined;
        const body = this.#open('policy', received.frame.signed, protocol.policy);
        return body.mode === mode ? body : undefined;
      },
      0,
      `the policy "${mode}"`,
    );
  }

  async goodbye(): Promise<string> {
    const { signed } = await this.frame('goodbye');
    const body = this.#open('server-goodbye', signed, protocol.goodbye);
    if (body.answer !== this.nonce) throw new Error('the goodbye is of another link');
    return body.why;
  }

  /** The code with which the server closed. */
  closed(): Promise<number> {
    return this.inbox.next((received) => ('closed' in received ? received.closed : undefined), 0, 'the end');
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.socket, 'close');
    this.socket.terminate();
    await closed;
  }

  #open<T>(purpose: protocol.Purpose, signed: protocol.Signed, shape: z.ZodType<T>): T {
    const server = protocol.readPublicKey(this.identity.paired.serverKey);
    const body = protocol.unseal(server, purpose, signed, shape);
    if (body === null) throw new Error(`a ${purpose} that is not the server's`);
    return body;
  }
}

function isA<T extends protocol.ServerFrame['type']>(
  frame: protocol.ServerFrame,
  type: T,
): frame is Extract<protocol.ServerFrame, { type: T }> {
  return frame.type === type;
}
