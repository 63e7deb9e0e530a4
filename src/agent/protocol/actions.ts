import { z } from 'zod';
import * as reports from './reports.ts';

/**
 * Everything that an agent can be asked: a closed list. No action takes a command, a path or an address.
 * - `look` reads and changes nothing.
 * - `change` alters the computer: it needs the employee's press in the chat and their yes at the computer.
 */
export const actions = {
  'system.inspect': {
    consequence: 'look',
    parameters: z.strictObject({}),
    report: reports.systemReport,
    seconds: 15,
    bytes: 8_192,
  },
  'opensc.inspect': {
    consequence: 'look',
    parameters: z.strictObject({}),
    report: reports.openscReport,
    seconds: 30,
    bytes: 8_192,
  },
  'token.inspect': {
    consequence: 'look',
    parameters: z.strictObject({}),
    report: reports.tokenReport,
    seconds: 90,
    bytes: 512 * 1024,
  },
  /** Tells of each insertion and removal until its time is over or the next watch begins. */
  'token.watch': {
    consequence: 'look',
    parameters: z.strictObject({ minutes: z.int().min(1).max(480) }),
    report: reports.watchReport,
    seconds: 8 * 3_600,
    bytes: 8_192,
  },
  'opensc.install': {
    consequence: 'change',
    /** A version of the catalogue that is built into the agent, with its checksum. */
    parameters: z.strictObject({ version: z.enum(['0.26.1', '0.27.1']) }),
    report: reports.installReport,
    seconds: 900,
    bytes: 8_192,
  },
  'system.restart': {
    consequence: 'change',
    parameters: z.strictObject({}),
    report: reports.restartReport,
    seconds: 1_800,
    bytes: 8_192,
  },
} as const;

export type ActionName = keyof typeof actions;
export type Report<A extends ActionName> = z.output<(typeof actions)[A]['report']>;
export type Parameters<A extends ActionName> = z.output<(typeof actions)[A]['parameters']>;

export const actionName = z.enum([
  'system.inspect',
  'opensc.inspect',
  'token.inspect',
  'token.watch',
  'opensc.install',
  'system.restart',
]);

/** How long (ms) the employee has at the computer to say yes to a change. No answer means no. */
export const consentTime = 120_000;

/** What agents may do, by the organisation's word. */
export const agentMode = z.enum(['off', 'look', 'change']);
export type AgentMode = z.output<typeof agentMode>;

export function allows(mode: AgentMode, action: ActionName): boolean {
  return mode === 'change' || (mode === 'look' && actions[action].consequence === 'look');
}
