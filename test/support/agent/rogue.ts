import { randomBytes } from 'node:crypto';
import { WebSocket } from 'ws';
import { z } from 'zod';
import {
  type AgentHello,
  type Claim,
  type Command,
  claimed,
  command,
  type KeyPair,
  makeKeyPair,
  type Paired,
  paired,
  peek,
  readPublicKey,
  type ServerFrame,
  type Signed,
  seal,
  serverFrame,
  unseal,
  waited,
} from '../../../src/agent/protocol.ts';
import type { Message } from '../../../src/bot/message.ts';
import type { ChatClient } from '../chat-client.ts';

/** Where the server is, and what time it thinks it is (ms). */
export interface Target {
  readonly address: string;
  now(): number;
}

export const makeNonce = (): string => randomBytes(16).toString('base64url');

/** Posts any body at all to the server's pairing. */
export async function postPair(
  { address }: Target,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${address}/agent/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

/** The stages of pairing by hand: each may be done wrong. */
export class RoguePairing {
  readonly keys: KeyPair = makeKeyPair();
  readonly target: Target;
  step = { pairing: '', nonce: '' };
  serverKey = '';

  constructor(target: Target) {
    this.target = target;
  }

  stage(stage: string, value: unknown, keys: KeyPair = this.keys, purpose = stage) {
    // Any purpose may be tried; the protocol's own type would only allow the right ones.
    const signed = seal(keys.privateKey, purpose as 'claim', value);
    return postPair(this.target, JSON.stringify({ stage, signed }));
  }

  async claim(code: string, over: Partial<Claim> = {}, keys: KeyPair = this.keys) {
    const value = {
      code,
      publicKey: keys.publicKey,
      hostname: 'ROGUE-PC',
      account: 'rogue',
      system: 'Windows 11',
      at: this.target.now(),
      ...over,
    };
    const answer = await this.stage('claim', value, keys);
    const told = claimed.safeParse(answer.body).data;
    if (answer.status === 200 && told) {
      this.step = { pairing: told.pairing, nonce: told.nonce };
      this.serverKey = told.serverKey;
    }
    return { ...answer, told };
  }

  async agree() {
    const answer = await this.stage('agree', { ...this.step, at: this.target.now() });
    return { ...answer, number: z.object({ number: z.string() }).safeParse(answer.body).data?.number };
  }

  async wait() {
    const answer = await this.stage('wait', { ...this.step, at: this.target.now() });
    return { ...answer, state: waited.safeParse(answer.body).data };
  }
}

/** A device that is paired properly, with its private key in a rogue's hands. */
export interface RogueDevice extends Paired {
  readonly keys: KeyPair;
}

/** The code in the newest message that shows one. */
export async function codeFor(chat: ChatClient): Promise<string> {
  const before = new Set((await chat.messages()).map(({ message }) => message.title));
  await chat.say('pair');
  const shown = await chat.card(
    ({ title, buttons }) => !before.has(title) && buttons.some((b) => b.action.verb === 'pair-cancel'),
  );
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(shown.title ?? '')?.[0];
  if (code === undefined) throw new Error(`no code in ${JSON.stringify(shown)}`);
  return code;
}

/** The card that asks for the number, of this computer. */
export function numberCard(chat: ChatClient, hostname = 'ROGUE-PC'): Promise<Message> {
  return chat.card(
    (card) =>
      card.choices?.options.some((o) => o.action.verb === 'pair-number') === true &&
      (card.title ?? '').includes(hostname),
  );
}

export async function chooseNumber(chat: ChatClient, number: string, hostname?: string): Promise<void> {
  const card = await numberCard(chat, hostname);
  const option = card.choices?.options.find((o) => o.action.arg === number);
  if (!option) throw new Error(`${number} is none of the choices`);
  await chat.press(option.action);
}

/** Goes through the whole pairing as the protocol wants it. */
export async function pairProperly(
  target: Target,
  chat: ChatClient,
  over: Partial<Claim> = {},
): Promise<RogueDevice> {
  const rogue = new RoguePairing(target);
  await rogue.claim(await codeFor(chat), over);
  const { number } = await rogue.agree();
  await chooseNumber(chat, number ?? '', over.hostname);
  const { state } = await rogue.wait();
  if (state?.state !== 'confirmed') throw new Error(`not confirmed: ${JSON.stringify(state)}`);
  const body = unseal(readPublicKey(rogue.serverKey), 'paired', state.paired, paired);
  if (!body) throw new Error('the pairing is not sealed with the key that was shown');
  return { ...body, keys: rogue.keys };
}

/** One WebSocket to the server's link, and everything it said. */
export class RogueLink {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[] = [];
  readonly opened: Promise<unknown>;
  /** The code that it was closed with. */
  readonly closed: Promise<number>;
  #wake: (() => void)[] = [];

  constructor({ address }: Target) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/agent/link`);
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(serverFrame.parse(JSON.parse(data.toString('utf8'))));
      this.#awake();
    });
    this.socket.on('error', () => {});
    this.opened = new Promise((resolve) => this.socket.once('open', resolve));
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code: number) => {
        resolve(code);
        this.#awake();
      });
    });
  }

  /** The first frame that `find` makes something of and that was not taken yet; null once the link is closed without. */
  async take<T>(find: (frame: ServerFrame) => T | null): Promise<T | null> {
    for (;;) {
      for (const [n, frame] of this.frames.entries()) {
        const found = find(frame);
        if (found === null) continue;
        this.frames.splice(n, 1);
        return found;
      }
      if (this.socket.readyState === WebSocket.CLOSED) return null;
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  /** The first frame of this kind. */
  next<T extends ServerFrame['type']>(type: T): Promise<Extract<ServerFrame, { type: T }> | null> {
    const isIt = (frame: ServerFrame): frame is Extract<ServerFrame, { type: T }> => frame.type === type;
    return this.take((frame) => (isIt(frame) ? frame : null));
  }

  #awake(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  say(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  close(): void {
    this.socket.terminate();
  }
}

/** What an agent answers to the greeting. */
export async function helloFor(
  link: RogueLink,
  target: Target,
  device: Pick<RogueDevice, 'device' | 'serverKey'>,
  over: Partial<AgentHello> = {},
): Promise<AgentHello> {
  const greeting = await link.next('hello');
  return {
    device: device.device,
    answer: greeting?.nonce ?? '',
    nonce: makeNonce(),
    at: target.now(),
    serverKey: device.serverKey,
    version: '0.0.0',
    bootedAt: target.now() - 3_600_000,
    on: true,
    ...over,
  };
}

/** A link that has greeted as the protocol wants it, welcome included. */
export async function linkProperly(
  target: Target,
  device: RogueDevice,
  over: Partial<AgentHello> = {},
): Promise<RogueLink> {
  const link = new RogueLink(target);
  const hello = await helloFor(link, target, device, over);
  link.say({ type: 'hello', signed: seal(device.keys.privateKey, 'agent-hello', hello) });
  const welcome = await link.next('welcome');
  if (!welcome) throw new Error(`no welcome; closed with ${await link.closed}`);
  return link;
}

/** The next command, opened. */
export async function nextCommand(
  link: RogueLink,
  device: RogueDevice,
  wanted: (command: Command) => boolean = () => true,
): Promise<{ command: Command; signed: Signed }> {
  const found = await link.take((frame) => {
    if (frame.type !== 'command') return null;
    const opened = unseal(readPublicKey(device.serverKey), 'command', frame.signed, command);
    if (!opened)
      throw new Error(`a command that is not sealed: ${JSON.stringify(peek(frame.signed, command))}`);
    return wanted(opened) ? { command: opened, signed: frame.signed } : null;
  });
  if (!found) throw new Error(`no such command; closed with ${await link.closed}`);
  return found;
}
