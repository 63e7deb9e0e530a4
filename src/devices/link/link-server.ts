import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import * as protocol from '../../agent/protocol.ts';
import type { Log } from '../log.ts';
import type { Policy } from '../policy.ts';
import { AgentSocket } from './agent-socket.ts';
import { Allowances, allowanceAt } from './allowances.ts';
import type { Links } from './links.ts';

const { linkLimits } = protocol;

/** Bytes of a hello: before an agent has proven itself, no more is read of it. */
const helloLimit = 8 * 1024;

/** Frames of one agent that are being dealt with, before no more are read. */
const mostWaiting = 4;

/** Seconds of silence after which a link is dead. */
const deadAfter = (3 * linkLimits.heartbeat) / 1000;
const slots = linkLimits.heartbeat / 1000;

export interface Hello {
  socket: AgentSocket;
  told: protocol.AgentHello;
  signed: protocol.Signed;
}

export interface LinkServerParts {
  links: Links;
  key: protocol.KeyPair;
  policy: Policy;
  clock: () => number;
  log: Log;
  /** An agent has said hello: whoever answers proves it, and calls `welcome` or refuses it. */
  hello(hello: Hello): void;
  /** What a proven agent says. */
  heard(socket: AgentSocket, frame: protocol.AgentFrame): Promise<void>;
  /** A proven agent is no longer linked here. */
  gone(deviceId: string): void;
}

export interface Counts {
  /** Links that were refused or cut for what they sent. */
  refused: number;
  flooded: number;
}

/**
 * The agents' WebSockets: greeting, limits before anything is parsed, heartbeat, farewell. All links share one timer
 * and the same few functions.
 */
export class LinkServer {
  readonly counts: Counts = { refused: 0, flooded: 0 };
  readonly #parts: LinkServerParts;
  readonly #greeting = new Set<AgentSocket>();
  readonly #allowances = new Allowances();
  readonly #server = socketServer();
  readonly #onMessage: (this: WebSocket, data: RawData, binary: boolean) => void;
  readonly #onPulse: (this: WebSocket) => void;
  readonly #onClose: (this: WebSocket) => void;
  #second = 0;
  #next = 0;
  #stopping = false;

  constructor(parts: LinkServerParts) {
    this.#parts = parts;
    const server = this;
    this.#onMessage = function (data, binary) {
      if (this instanceof AgentSocket) server.#message(this, data, binary);
    };
    this.#onPulse = function () {
      if (this instanceof AgentSocket) server.#pulse(this);
    };
    this.#onClose = function () {
      if (this instanceof AgentSocket) server.#closed(this);
    };
  }

  /** Takes over the connection of `GET /agent/link`. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    if (this.#stopping) connection.destroy();
    else this.#server.handleUpgrade(request, connection, head, this.#greet);
  }

  readonly #greet = (socket: AgentSocket): void => {
    socket.on('message', this.#onMessage);
    socket.on('pong', this.#onPulse);
    socket.on('ping', this.#onPulse);
    socket.on('close', this.#onClose);
    socket.on('error', closeAfterError);
    socket.bornAt = this.#second;
    socket.heardAt = this.#second;
    socket.allowanceAt = this.#second;
    socket.slot = this.#next++ % slots;
    socket.nonce = newNonce();
    this.#greeting.add(socket);
    socket.tell({ type: 'hello', v: 1, nonce: socket.nonce });
  };

  #message(socket: AgentSocket, data: RawData, binary: boolean): void {
    if (socket.stage === 'over' || !this.#pulse(socket)) return;
    if (binary || !Buffer.isBuffer(data)) return this.#refuse(socket, 1003);
    if (socket.stage !== 'linked' && data.length > helloLimit) return this.#refuse(socket, 1009);
    const frame = readFrame(data);
    if (frame === null) return this.#refuse(socket);
    if (socket.stage === 'linked' && frame.type !== 'hello') return this.#queue(socket, frame);
    if (socket.stage !== 'greeting' || frame.type !== 'hello') return this.#refuse(socket);
    this.#hello(socket, frame.signed);
  }

  #hello(socket: AgentSocket, signed: protocol.Signed): void {
    const told = protocol.peek(signed, protocol.agentHello);
    if (!told || told.answer !== socket.nonce) return this.#refuse(socket);
    if (told.serverKey !== this.#parts.key.publicKey) return this.#refuse(socket);
    const serverTime = this.#parts.clock();
    if (Math.abs(told.at - serverTime) > protocol.clockTolerance) {
      socket.tell({ type: 'clock-wrong', serverTime });
      return this.#refuse(socket);
    }
    socket.stage = 'proving';
    this.#parts.hello({ socket, told, signed });
  }

  /** The agent has proven itself; from now on it is listened to. */
  welcome(socket: AgentSocket, told: protocol.AgentHello): void {
    const { device } = socket;
    if (!device || socket.stage !== 'proving') return;
    this.#greeting.delete(socket);
    socket.stage = 'linked';
    socket.nonce = told.nonce;
    socket.toldAt = this.#parts.clock();
    const { mode } = this.#parts.policy;
    const body = { device: device.id, answer: told.nonce, mode, at: socket.toldAt };
    const older = this.#parts.links.add(socket);
    if (older) this.#allowances.keep(device.id, older);
    this.#allowances.give(device.id, socket);
    if (older) this.farewell(older, 'replaced');
    socket.tell({ type: 'welcome', signed: this.#seal('server-welcome', body) });
  }

  /** For one that cannot prove itself, or asks for what is not. */
  refuse(socket: AgentSocket): void {
    this.#refuse(socket);
  }

  farewell(
    socket: AgentSocket,
    why: 'unpaired' | 'replaced' | 'stopping' | 'flood',
    deviceId?: string,
  ): void {
    const device = socket.device?.id ?? deviceId;
    if (device === undefined || socket.stage === 'over') return;
    const signed = this.#seal('server-goodbye', { device, answer: socket.nonce, why });
    socket.tell({ type: 'goodbye', signed });
    socket.refuse(why === 'stopping' ? 1001 : 1008);
  }

  tellPolicy(socket: AgentSocket): void {
    const { device } = socket;
    if (!device) return;
    socket.toldAt = Math.max(socket.toldAt + 1, this.#parts.clock());
    const body = { device: device.id, mode: this.#parts.policy.mode, at: socket.toldAt };
    socket.tell({ type: 'policy', signed: this.#seal('policy', body) });
  }

  /** Once a second. */
  beat(): void {
    this.#second += 1;
    this.#allowances.forget(this.#second);
    for (const socket of this.#greeting) {
      // Who has said hello waits for us: sent away, it would only come again.
      const slow = this.#second - socket.bornAt > linkLimits.greeting / 1000;
      if (slow && socket.stage !== 'proving') socket.terminate();
    }
    const turn = this.#second % slots;
    for (const socket of this.#parts.links) {
      if (socket.slot !== turn) continue;
      if (this.#second - socket.heardAt > deadAfter) socket.terminate();
      else socket.ping();
    }
  }

  stop(): void {
    this.#stopping = true;
    for (const socket of this.#greeting) socket.terminate();
    for (const socket of this.#parts.links) this.farewell(socket, 'stopping');
  }

  #seal(purpose: protocol.Purpose, body: unknown): protocol.Signed {
    return protocol.seal(this.#parts.key.privateKey, purpose, body);
  }

  /** It lives. @returns false when it says more than it may, and is sent away */
  #pulse(socket: AgentSocket): boolean {
    socket.allowance = allowanceAt(socket, this.#second) - 1;
    socket.allowanceAt = this.#second;
    socket.heardAt = this.#second;
    if (socket.allowance >= 0) return true;
    this.counts.flooded += 1;
    if (socket.device) this.farewell(socket, 'flood');
    else socket.refuse();
    return false;
  }

  #refuse(socket: AgentSocket, code = 1008): void {
    this.counts.refused += 1;
    socket.refuse(code);
  }

  /** One thing after the other, in the order in which it was said. */
  #queue(socket: AgentSocket, frame: protocol.AgentFrame): void {
    // What is not dealt with yet waits with its sender: it must not pile up here.
    socket.waiting += 1;
    if (socket.waiting > mostWaiting) socket.pause();
    const work = (socket.work ?? Promise.resolve())
      .then(nextTurn)
      .then(() => this.#parts.heard(socket, frame))
      .catch((error: unknown) =>
        this.#parts.log.error(
          { err: error, device: socket.device?.id },
          'what an agent said was not dealt with',
        ),
      )
      .then(() => {
        socket.waiting -= 1;
        if (socket.isPaused) socket.resume();
        if (socket.work === work) socket.work = null;
      });
    socket.work = work;
  }

  #closed(socket: AgentSocket): void {
    socket.stage = 'over';
    this.#greeting.delete(socket);
    if (socket.device) this.#allowances.keep(socket.device.id, socket);
    if (this.#parts.links.remove(socket) && socket.device) this.#parts.gone(socket.device.id);
  }
}

/** The embedded database answers without one: a talkative agent would keep all others waiting. */
const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Compression would cost each link some hundred kilobytes. */
const socketServer = () =>
  new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: linkLimits.frame,
    WebSocket: AgentSocket,
  });

function closeAfterError(this: WebSocket): void {
  this.terminate();
}

function readFrame(data: Buffer): protocol.AgentFrame | null {
  try {
    return protocol.agentFrame.safeParse(JSON.parse(data.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** 128 bits; as the protocol writes them. */
export function newNonce(): string {
  return randomBytes(16).toString('base64url');
}
