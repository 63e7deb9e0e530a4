import type { KeyObject } from 'node:crypto';
import type { Entry, Journal } from '../home/journal.ts';
import { type ActionName, type AgentMode, actionName, actions, allows } from '../protocol/actions.ts';
import { type Command, clockTolerance, command as shape } from '../protocol/command.ts';
import { type Signed, unseal } from '../protocol/signed.ts';

/**
 * What a command is to this computer.
 * - `forged`: not by the pinned key. Nobody is answered.
 * - `refused`: `counted` where it was fresh and ours, so that its sequence and nonce are used up by it.
 * - `known`: its task was begun before; what is known of it is told again.
 */
export type Admission =
  | { readonly kind: 'forged' }
  | {
      readonly kind: 'refused';
      readonly command: Command;
      readonly code: string;
      readonly message: string;
      readonly counted: boolean;
    }
  | { readonly kind: 'known'; readonly command: Command; readonly entry: Entry }
  | {
      readonly kind: 'new';
      readonly command: Command;
      readonly action: ActionName;
      readonly parameters: unknown;
    };

export interface Rules {
  readonly serverKey: KeyObject;
  readonly device: string;
  readonly journal: Pick<Journal, 'sequence' | 'notBefore' | 'isUsed' | 'find'>;
  /** Milliseconds since 1970, by this computer's clock. */
  readonly now: number;
  /** The stricter of the organisation's word and this computer's own. */
  readonly mode: AgentMode;
  readonly on: boolean;
}

export function admit(given: Signed, rules: Rules): Admission {
  const command = unseal(rules.serverKey, 'command', given, shape);
  if (command === null) return { kind: 'forged' };
  const stale = staleness(command, rules);
  if (stale !== null) return { kind: 'refused', command, ...stale, counted: false };
  const entry = rules.journal.find(command.task);
  if (entry !== null) return { kind: 'known', command, entry };
  const refused = (code: string, message: string): Admission => ({
    kind: 'refused',
    command,
    code,
    message,
    counted: true,
  });
  const action = actionName.safeParse(command.action).data;
  if (action === undefined) return refused('unknown-action', 'This agent knows no such action.');
  const parameters = actions[action].parameters.safeParse(command.parameters);
  if (!parameters.success) return refused('bad-parameters', 'The parameters are not those of this action.');
  if (!rules.on) return refused('switched-off', 'The employee has switched the agent off.');
  if (!allows(rules.mode, action))
    return refused('not-allowed', `Agents may not do this here: the setting is "${rules.mode}".`);
  return { kind: 'new', command, action, parameters: parameters.data };
}

function staleness(
  command: Command,
  { device, journal, now }: Rules,
): { code: string; message: string } | null {
  if (command.device !== device) return { code: 'other-device', message: 'This is for another computer.' };
  if (command.expiresAt + clockTolerance < now) return { code: 'expired', message: 'It came too late.' };
  if (command.issuedAt - clockTolerance > now)
    return { code: 'in-the-future', message: "It was issued in the future, by this computer's clock." };
  if (
    command.sequence <= journal.sequence ||
    journal.isUsed(command.nonce) ||
    command.issuedAt < journal.notBefore
  )
    return { code: 'replayed', message: 'This command, or a later one, was here before.' };
  return null;
}

const STRICTNESS: readonly AgentMode[] = ['off', 'look', 'change'];

export function stricter(one: AgentMode, other: AgentMode): AgentMode {
  return STRICTNESS.indexOf(one) < STRICTNESS.indexOf(other) ? one : other;
}
