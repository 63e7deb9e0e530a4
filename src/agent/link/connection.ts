import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { systemCode } from '../errors.ts';
import { parseJson } from '../home/folder.ts';
import type { Pairing } from '../home/pairing-file.ts';
import type { AgentMode } from '../protocol/actions.ts';
import {
  type AgentFrame,
  type AgentHello,
  goodbye,
  linkLimits,
  type ServerFrame,
  serverFrame,
  serverWelcome,
} from '../protocol/frames.ts';
import { readPrivateKey, readPublicKey } from '../protocol/keys.ts';
import { type Signed, seal, unseal } from '../protocol/signed.ts';
import { type NetworkProblem, networkProblem } from './network.ts';

/** Why a link ended. `lost`: it was open and broke. `stopped`: by us. `not-proven`: another key than the pinned one. */
export type LinkEnd =
  | { readonly kind: 'lost' | 'stopped' | 'not-proven' }
  | { readonly kind: 'not-reached'; readonly problem: NetworkProblem; readonly detail: string }
  | { readonly kind: 'clock-wrong'; readonly serverTime: number }
  | { readonly kind: 'goodbye'; readonly why: z.output<typeof goodbye>['why'] };

/** What a proven server says. */
export type Said = Extract<ServerFrame, { type: 'command' | 'policy' | 'taken' }>;

export interface LinkOptions {
  readonly url: URL;
  readonly agent: Agent;
  readonly pairing: Pairing;
  readonly about: () => Pick<AgentHello, 'version' | 'bootedAt' | 'on'>;
  readonly clock: () => Date;
  /** The server's interval of pings (ms); after three without a word the link is dead. */
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
  readonly onOpen: (say: (frame: AgentFrame) => void, welcome: { mode: AgentMode; at: number }) => void;
  readonly onSaid: (frame: Said) => void;
}

/** One link, from its greeting to its end. Nothing is believed before the server has proven its pinned key. Never rejects. */
export function holdLink(options: LinkOptions): Promise<LinkEnd> {
  const { pairing, signal } = options;
  const socket = new WebSocket(options.url, {
    agent: options.agent,
    maxPayload: linkLimits.frame,
    handshakeTimeout: linkLimits.greeting * 2,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const own = randomBytes(16).toString('base64url');
  const key = readPublicKey(pairing.serverKey);
  let phase: 'hello' | 'welcome' | 'open' = 'hello';
  let end: LinkEnd | null = null;
  const finish = (given: LinkEnd): void => {
    end ??= given;
    if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    // Who does not answer a close is left.
    setTimeout(() => socket.terminate(), 500).unref();
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
  };
  const stranger = (detail: string): void => finish({ kind: 'not-reached', problem: 'not-ecadesk', detail });

  const heard = (frame: ServerFrame): void => {
    if (frame.type === 'goodbye') return farewell(frame.signed);
    if (frame.type === 'clock-wrong') return finish({ kind: 'clock-wrong', serverTime: frame.serverTime });
    if (phase === 'hello' && frame.type === 'hello') {
      phase = 'welcome';
      return socket.send(JSON.stringify(greeting(options, frame.nonce, own)));
    }
    if (phase === 'welcome' && frame.type === 'welcome') return welcomed(frame.signed);
    if (phase === 'open' && (frame.type === 'command' || frame.type === 'policy' || frame.type === 'taken'))
      return options.onSaid(frame);
    finish(phase === 'open' ? { kind: 'lost' } : { kind: 'not-proven' });
  };
  const welcomed = (given: Signed): void => {
    const welcome = unseal(key, 'server-welcome', given, serverWelcome);
    if (welcome === null || welcome.answer !== own || welcome.device !== pairing.device)
      return finish({ kind: 'not-proven' });
    phase = 'open';
    clearTimeout(greetingTimer);
    options.onOpen((frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    }, welcome);
  };
  const farewell = (given: Signed): void => {
    const word = unseal(key, 'server-goodbye', given, goodbye);
    const proven = word !== null && word.answer === own && word.device === pairing.device;
    finish(proven ? { kind: 'goodbye', why: word.why } : { kind: 'not-proven' });
  };

  const greetingTimer = setTimeout(() => finish({ kind: 'not-proven' }), linkLimits.greeting * 3);
  const silence = setTimeout(() => {
    end ??= { kind: 'lost' };
    socket.terminate();
  }, options.heartbeatMs * 3);
  const stop = (): void => finish({ kind: 'stopped' });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  socket.on('ping', () => silence.refresh());
  socket.on('message', (data, binary) => {
    silence.refresh();
    if (end !== null) return;
    const frame = serverFrame.safeParse(binary ? undefined : parseJson(data.toString()));
    if (frame.success) heard(frame.data);
    else if (phase !== 'open') stranger('it speaks another language');
    else finish({ kind: 'lost' });
  });
  socket.on('unexpected-response', (_, answer) => stranger(`it answers ${answer.statusCode}`));
  socket.on('error', (error) => {
    if (phase === 'open') end ??= { kind: 'lost' };
    else end ??= { kind: 'not-reached', problem: networkProblem(error), detail: systemCode(error) };
  });
  return new Promise((resolve) => {
    socket.on('close', () => {
      clearTimeout(greetingTimer);
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      const early: LinkEnd = { kind: 'not-reached', problem: 'unreachable', detail: 'it hung up' };
      resolve(end ?? (phase === 'open' ? { kind: 'lost' } : early));
    });
  });
}

function greeting({ pairing, about, clock }: LinkOptions, answer: string, nonce: string): AgentFrame {
  const hello: AgentHello = {
    device: pairing.device,
    answer,
    nonce,
    at: clock().getTime(),
    serverKey: pairing.serverKey,
    ...about(),
  };
  return { type: 'hello', signed: seal(readPrivateKey(pairing.privateKey).privateKey, 'agent-hello', hello) };
}
