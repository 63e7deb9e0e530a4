import { WebSocket } from 'ws';
import { z } from 'zod';
import { command, peek, readPrivateKey, seal, serverFrame } from '../../src/agent/protocol.ts';
import { type News, order } from './orders.ts';

/** Ten thousand idle agents in a process of their own, told by its parent what to do. */

interface Agent {
  id: string;
  privateKey: string;
  socket: WebSocket | null;
  linked: boolean;
  tries: number;
}

const agents: Agent[] = [];
let url = '';
let serverKey: string | null = null;
const tell = (word: News) => process.send?.(word);
const nonce = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');

function connect(agent: Agent): void {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 60_000 });
  agent.socket = socket;
  socket.on('message', (data: Buffer) => heard(agent, socket, data.toString('utf8')));
  socket.on('error', () => {});
  socket.on('close', () => {
    if (agent.socket !== socket) return;
    agent.linked = false;
    const whole = Math.min(1_000 * 2 ** agent.tries++, 60_000);
    setTimeout(() => connect(agent), whole * (0.5 + Math.random() / 2));
  });
}

function heard(agent: Agent, socket: WebSocket, text: string): void {
  const at = Date.now();
  const said: unknown = JSON.parse(text);
  const type = z.object({ type: z.string() }).parse(said).type;
  if (type === 'hello') return socket.send(JSON.stringify(greeting(agent, said)));
  if (type === 'welcome') {
    agent.linked = true;
    agent.tries = 0;
  }
  if (type === 'command') obey(agent, socket, said, at);
}

/** A look is told of and declined, so that the next one is another; a watch goes on for ever. */
function obey(agent: Agent, socket: WebSocket, said: unknown, at: number): void {
  const frame = serverFrame.safeParse(said).data;
  const asked = frame?.type === 'command' ? peek(frame.signed, command) : null;
  if (asked?.action === 'token.watch') return;
  tell({ is: 'command', device: agent.id, action: asked?.action ?? '', at });
  if (asked)
    socket.send(JSON.stringify({ type: 'result', task: asked.task, outcome: { status: 'declined' }, at }));
}

function greeting(agent: Agent, said: unknown): object {
  if (serverKey === null) return { device: agent.id };
  const frame = serverFrame.parse(said);
  const hello = {
    device: agent.id,
    answer: frame.type === 'hello' ? frame.nonce : '',
    nonce: nonce(),
    at: Date.now(),
    serverKey,
    version: '0.1.0',
    bootedAt: 1_700_000_000_000,
    on: true,
  };
  return {
    type: 'hello',
    signed: seal(readPrivateKey(agent.privateKey).privateKey, 'agent-hello', hello),
  };
}

setInterval(() => {
  tell({ is: 'linked', count: agents.filter(({ linked }) => linked).length, of: agents.length });
}, 100);

process.on('message', (message) => {
  const given = order.parse(message);
  if (given.do === 'connect') {
    ({ url, serverKey } = given);
    const start = agents.length;
    for (const device of given.devices) agents.push({ ...device, socket: null, linked: false, tries: 0 });
    void connectSlowly(start);
  }
  if (given.do === 'storm')
    for (const agent of agents) {
      agent.linked = false;
      agent.socket?.terminate();
    }
});

/** Not a storm: some at a time. */
async function connectSlowly(start: number): Promise<void> {
  for (const [n, agent] of agents.entries()) {
    if (n < start) continue;
    connect(agent);
    if (n % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
