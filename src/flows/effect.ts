import type { AgentTask } from './flow.ts';
import type { Escalation } from './state.ts';

/** A member of staff, or the employee who found the way alone. */
export type Settler = { id: string; name: string } | 'employee';

/** What a decision asks of the world. Words and pictures are the bot's; an effect only names what is to be told. */
export type Effect =
  /** The card that shows where the person is: in place of the last one, or posted anew because an edit goes unseen. */
  | { type: 'show'; how: 'here' | 'anew'; finished?: string }
  | { type: 'tell'; what: Tell }
  | { type: 'escalate'; escalation: Escalation; by: 'employee' | 'problem' | 'silence' | 'deadline' }
  | { type: 'claimed'; escalation: Escalation; by: Settler }
  | { type: 'resolved'; escalation: Escalation; by: Settler }
  /** `asked`: the person asked for it, so they are told how it went. */
  | { type: 'ask-agent'; device: string; task: AgentTask; asked: boolean };

/** A sentence beside the card. */
export type Tell =
  | { id: 'stale' }
  | { id: 'nudge'; count: number; daysLeft: number | null }
  | { id: 'snoozed' }
  | { id: 'help-desk-told'; reason: string }
  | { id: 'help-desk-knows' }
  | { id: 'help-desk-claimed'; name: string }
  | { id: 'help-desk-resolved'; name: string }
  | { id: 'wait-over'; for: string }
  | { id: 'deadline-near'; daysLeft: number }
  | { id: 'deadline-passed' }
  | { id: 'step-moved' }
  | { id: 'choose' }
  | { id: 'first-step' }
  | { id: 'date-unlikely' }
  | { id: 'issue-changed' }
  | { id: 'too-early' }
  | { id: 'token-out' }
  | { id: 'computer-looks'; name: string }
  | { id: 'computer-asks'; name: string }
  | { id: 'proven'; fact: string; subject: string | null }
  | { id: 'not-proven'; message: string }
  | { id: 'computer-paired'; name: string }
  | { id: 'computer-unpaired'; name: string }
  | { id: 'computer-silent' };
