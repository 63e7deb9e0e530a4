import { z } from 'zod';
import { agentMode } from './actions.ts';
import { outcome } from './command.ts';
import { publicKeyText } from './keys.ts';
import { signed } from './signed.ts';

/**
 * The link, `GET /agent/link` (WebSocket, text frames of JSON). The server greets with a nonce; the agent answers
 * sealed with its device key, naming the server's key that it has pinned; the server welcomes, sealed with that
 * key over the agent's nonce. Nothing else is said before both have proven themselves.
 */

const nonce = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const time = z.int();

export const linkLimits = {
  /** Bytes of one frame; beyond it the link is closed. A report is limited further, by its action. */
  frame: 600 * 1024,
  /** Frames a minute from one agent, on average. */
  framesPerMinute: 240,
  /** Time (ms) to finish the greeting. */
  greeting: 10_000,
  /** The server pings this often (ms); whoever hears nothing for three of them takes the link for dead. */
  heartbeat: 30_000,
} as const;

export const serverFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), v: z.literal(1), nonce }),
  z.strictObject({ type: z.literal('welcome'), signed }),
  /** Sealed for the purpose 'command': see `command.ts`. */
  z.strictObject({ type: z.literal('command'), signed }),
  /** Sealed for the purpose 'policy'. */
  z.strictObject({ type: z.literal('policy'), signed }),
  /** The result of this task is kept: the agent need not tell it again. */
  z.strictObject({ type: z.literal('taken'), task: z.uuid() }),
  /** Sealed for the purpose 'server-goodbye', unless the server does not know whom it talks to. */
  z.strictObject({ type: z.literal('goodbye'), signed }),
  z.strictObject({ type: z.literal('clock-wrong'), serverTime: time }),
]);
export type ServerFrame = z.output<typeof serverFrame>;

export const agentHello = z.strictObject({
  device: z.uuid(),
  /** The server's nonce. */
  answer: nonce,
  /** The agent's own. */
  nonce,
  at: time,
  serverKey: publicKeyText,
  version: z.string().max(40),
  bootedAt: time,
  /** False: the employee switched it off at the computer. */
  on: z.boolean(),
});
export type AgentHello = z.output<typeof agentHello>;

export const serverWelcome = z.strictObject({
  device: z.uuid(),
  /** The agent's nonce. */
  answer: nonce,
  mode: agentMode,
  at: time,
});

/** A new mode, such as 'off' when a lead has stopped all agents. `at` never goes back. */
export const policy = z.strictObject({ device: z.uuid(), mode: agentMode, at: time });

export const goodbye = z.strictObject({
  device: z.uuid(),
  /** The agent's nonce of this link. */
  answer: nonce,
  /**
   * `unpaired`: for good, the agent deletes its keys. `replaced`: another link of this device is there.
   * `stopping`: the server restarts, come again. `flood`: too much was said.
   */
  why: z.enum(['unpaired', 'replaced', 'stopping', 'flood']),
});

export const agentFrame = z.discriminatedUnion('type', [
  /** Sealed for the purpose 'agent-hello'. */
  z.strictObject({ type: z.literal('hello'), signed }),
  /** The task was accepted and is being done (or asked about). */
  z.strictObject({ type: z.literal('began'), task: z.uuid() }),
  /** Of a watch: a token is in, or none is. */
  z.strictObject({ type: z.literal('seen'), task: z.uuid(), present: z.boolean(), at: time }),
  /** Told again at each link until it is `taken`. */
  z.strictObject({ type: z.literal('result'), task: z.uuid(), outcome, at: time }),
  /** The employee switched the agent off, or on again, at the computer. */
  z.strictObject({ type: z.literal('switch'), on: z.boolean() }),
  z.strictObject({ type: z.literal('unpair') }),
]);
export type AgentFrame = z.output<typeof agentFrame>;
