import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { z } from 'zod';
import {
  type AgentFrame,
  type AgentHello,
  type AgentMode,
  agentFrame,
  agentHello,
  type Claim,
  type Claimed,
  type Command,
  claim,
  type KeyPair,
  makeKeyPair,
  type Paired,
  type Purpose,
  pairRequest,
  pairStep,
  peek,
  readPublicKey,
  type ServerFrame,
  type Signed,
  seal,
  unseal,
  type Waited,
} from '../../../src/agent/protocol.ts';

/** What the server does otherwise than a good one would. */
export interface Behaviour {
  /** Problem details for a stage of pairing, instead of its answer. */
  problem?: { stage: string; status: number; body: unknown };
  /** The raw answer to everything over HTTP: for what is no help desk's server at all. */
  raw?: { status: number; body: string };
  /** Whose key seals `paired`, welcome, goodbye, policies and commands, instead of the server's. */
  sealWith?: KeyPair | undefined;
  /** Instead of the welcome. */
  welcome?: (hello: AgentHello) => ServerFrame;
  /** Does not answer pings nor send any, and says nothing. */
  silent?: boolean;
}

export interface OpenLink {
  readonly hello: AgentHello;
  readonly frames: AgentFrame[];
  say(frame: ServerFrame | string): void;
  /** Sends a command as it should be, but for what is given; gives it back. */
  command(wanted: Partial<Command> & Pick<Command, 'action'>): Command;
  policy(mode: AgentMode, at?: number): void;
  goodbye(why: 'unpaired' | 'replaced' | 'stopping' | 'flood'): void;
  /** The first frame, of those that came and those to come, that `holds`. */
  frame<T extends AgentFrame['type']>(
    type: T,
    holds?: (frame: Extract<AgentFrame, { type: T }>) => boolean,
  ): Promise<Extract<AgentFrame, { type: T }>>;
  /** The outcome of a task; it is then taken. */
  outcome(task: string, take?: boolean): Promise<Extract<AgentFrame, { type: 'result' }>['outcome']>;
  /** Sends a ping; resolves with its answer. */
  ping(): Promise<unknown>;
  cut(): void;
  readonly closed: Promise<unknown>;
}

/** A server of the agent's protocol with real keys and signatures, that does what a test tells it. */
export interface TestServer {
  readonly url: string;
  readonly key: KeyPair;
  readonly behaviour: Behaviour;
  /** The code that can be claimed, and who gave it. */
  readonly code: string;
  who: Claimed['who'];
  mode: AgentMode;
  trust: Paired['trust'];
  /** Stages that were said, in order. */
  readonly stages: string[];
  readonly claims: Claim[];
  /** What the chat answers to the next `wait`; until set, it is waiting. */
  waiting: Waited | 'confirm';
  /** The device that `paired` named, or that links are accepted for. */
  device: string;
  agentKey: string;
  /** Resolves with the next link that is opened (proven from both sides). */
  link(): Promise<OpenLink>;
  readonly connections: number;
  seal(purpose: Purpose, value: unknown): Signed;
  stop(): Promise<void>;
}

export async function startTestServer(
  options: { tls?: { key: string; cert: string }; port?: number; key?: KeyPair } = {},
): Promise<TestServer> {
  const events = new EventEmitter().setMaxListeners(0);
  const opened: OpenLink[] = [];
  const sockets = new Set<Socket>();
  const nonce = randomBytes(16).toString('base64url');
  const pairing = randomUUID();
  let sequence = 0;
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void handle(request, response);
  };
  const http: Server =
    options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, listener);
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const server: TestServer = {
    url: '',
    key: options.key ?? makeKeyPair(),
    behaviour: {},
    code: 'CDF34GHJ',
    who: { name: 'Kim Lee', channel: 'Slack', organisation: 'Example Corp' },
    mode: 'change',
    trust: { bundle: null, roots: [] },
    stages: [],
    claims: [],
    waiting: 'confirm',
    device: randomUUID(),
    agentKey: '',
    async link() {
      if (opened.length === 0) await once(events, 'open');
      const next = opened.shift();
      if (next === undefined) throw new Error('another test took this link');
      return next;
    },
    get connections() {
      return connections;
    },
    seal: (purpose, value) => seal(key().privateKey, purpose, value),
    async stop() {
      for (const socket of sockets) socket.destroy();
      ws.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  const key = (): KeyPair => server.behaviour.sealWith ?? server.key;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const send = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    };
    const { raw, problem } = server.behaviour;
    if (raw !== undefined) return send(raw.status, raw.body);
    const asked = pairRequest.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8'))).data;
    if (request.url !== '/agent/pair' || asked === undefined) return send(404, '{}');
    server.stages.push(asked.stage);
    if (problem?.stage === asked.stage) return send(problem.status, JSON.stringify(problem.body));
    const answer = stage(asked.stage, asked.signed);
    if (answer === null) return send(403, JSON.stringify({ code: 'code-refused' }));
    send(200, JSON.stringify(answer));
  }

  function stage(name: string, given: Signed): unknown {
    if (name === 'claim') {
      const asked = peek(given, claim);
      if (asked === null || asked.code.replace('-', '') !== server.code) return null;
      if (unseal(readPublicKey(asked.publicKey), 'claim', given, claim) === null) return null;
      server.claims.push(asked);
      server.agentKey = asked.publicKey;
      return { pairing, nonce, who: server.who, serverKey: server.key.publicKey, mode: server.mode };
    }
    const purpose = name === 'agree' || name === 'wait' ? name : 'leave';
    const step = unseal(readPublicKey(server.agentKey), purpose, given, pairStep);
    if (step === null || step.pairing !== pairing || step.nonce !== nonce) return null;
    if (name === 'agree') return { number: '47' };
    if (name === 'leave') return {};
    if (server.waiting !== 'confirm') return server.waiting;
    const all: Paired = {
      device: server.device,
      publicKey: server.agentKey,
      serverKey: server.key.publicKey,
      mode: server.mode,
      trust: server.trust,
    };
    return { state: 'confirmed', paired: seal(key().privateKey, 'paired', all) };
  }

  const ws = new WebSocketServer({ server: http, path: '/agent/link' });
  ws.on('connection', (socket) => {
    connections += 1;
    socket.on('error', () => {});
    if (server.behaviour.silent !== true) greet(socket);
  });
  const greet = (socket: WebSocket): void => {
    const hello: ServerFrame = { type: 'hello', v: 1, nonce: randomBytes(16).toString('base64url') };
    socket.send(JSON.stringify(hello));
    socket.once('message', (data) => {
      const said = agentFrame.parse(JSON.parse(data.toString()));
      if (said.type !== 'hello') throw new Error('the agent did not greet');
      const proven = unseal(readPublicKey(server.agentKey), 'agent-hello', said.signed, agentHello);
      if (proven === null || proven.answer !== hello.nonce || proven.device !== server.device)
        throw new Error('the agent did not prove itself');
      const link = openLink(socket, proven);
      const other = server.behaviour.welcome?.(proven);
      link.say(
        other ?? {
          type: 'welcome',
          signed: server.seal('server-welcome', {
            device: server.device,
            answer: proven.nonce,
            mode: server.mode,
            at: Date.now(),
          }),
        },
      );
      if (other !== undefined) return;
      opened.push(link);
      events.emit('open');
    });
  };

  const openLink = (socket: WebSocket, hello: AgentHello): OpenLink => {
    const frames: AgentFrame[] = [];
    socket.on('message', (data) => {
      frames.push(agentFrame.parse(JSON.parse(data.toString())));
      events.emit('frame');
    });
    const closed = once(socket, 'close');
    const link: OpenLink = {
      hello,
      frames,
      closed,
      say: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
      command(wanted) {
        sequence += 1;
        const made: Command = {
          task: randomUUID(),
          device: server.device,
          sequence,
          nonce: randomBytes(16).toString('base64url'),
          parameters: {},
          issuedAt: Date.now(),
          expiresAt: Date.now() + 60_000,
          ...wanted,
        };
        link.say({ type: 'command', signed: server.seal('command', made) });
        return made;
      },
      policy: (mode, at = Date.now()) =>
        link.say({ type: 'policy', signed: server.seal('policy', { device: server.device, mode, at }) }),
      goodbye: (why) => {
        const word = { device: server.device, answer: hello.nonce, why };
        link.say({ type: 'goodbye', signed: server.seal('server-goodbye', word) });
      },
      async frame(type, holds = () => true) {
        type Wanted = Extract<AgentFrame, { type: typeof type }>;
        const isIt = (frame: AgentFrame): frame is Wanted => frame.type === type && holds(frame as Wanted);
        for (;;) {
          const found = frames.find(isIt);
          if (found !== undefined) return found;
          await once(events, 'frame');
        }
      },
      async outcome(task, take = true) {
        const { outcome } = await link.frame('result', (frame) => frame.task === task);
        if (take) link.say({ type: 'taken', task });
        return outcome;
      },
      ping() {
        const answered = once(socket, 'pong');
        socket.ping();
        return answered;
      },
      cut: () => socket.terminate(),
    };
    return link;
  };

  http.listen(options.port ?? 0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const scheme = options.tls === undefined ? 'http' : 'https';
  return Object.defineProperty(server, 'url', { value: `${scheme}://127.0.0.1:${port}` });
}

/** The report of an outcome that is done. */
export function reportOf<T>(outcome: unknown, shape: z.ZodType<T>): T {
  if (typeof outcome !== 'object' || outcome === null || !('report' in outcome))
    throw new Error(`not done: ${JSON.stringify(outcome)}`);
  return shape.parse(outcome.report);
}
