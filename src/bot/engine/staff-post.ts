import { createHash } from 'node:crypto';
import type { Flow } from '../../flows/compiled.ts';
import type { Settler } from '../../flows/effect.ts';
import { reasonTitle } from '../../flows/reasons.ts';
import type { Escalation, JourneyState } from '../../flows/state.ts';
import type { Message } from '../message.ts';

/**
 * The one staff post of an escalation, in no channel's idiom. Its outbox id follows from the escalation and the
 * conversation, so that a later change finds it without asking the database.
 */
export function staffPostId(escalationId: string, conversationId: string): string {
  const hex = createHash('sha256').update(`${escalationId}/${conversationId}`).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16).padStart(2, '0');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(18, 20),
    hex.slice(20, 32),
  ].join('-');
}

export interface StaffPost {
  flow: Flow;
  journey: string;
  state: JourneyState;
  escalation: Escalation;
  person: string;
  now: { kind: 'open' } | { kind: 'claimed'; by: Settler } | { kind: 'resolved'; by: Settler };
}

export function staffPost({ flow, journey, state, escalation, person, now }: StaffPost): Message {
  const reason = reasonTitle(flow, escalation.reason);
  const step = flow.byId.get(escalation.step ?? state.step);
  const tried = escalation.tried.map((id) => flow.problemById.get(id)?.symptom ?? id);
  return {
    summary: `${person}: ${reason}`,
    tone: 'staff',
    title: `${escalation.priority === 'urgent' ? 'Urgent · ' : ''}${reason}`,
    fields: [
      { label: 'Who', value: person },
      { label: 'Step', value: step?.title ?? escalation.step ?? state.step },
      { label: 'Reason', value: escalation.reason },
      { label: 'Since', value: new Date(state.stuck?.since ?? escalation.at).toISOString() },
      { label: 'Tried', value: tried.length > 0 ? tried.join('; ') : 'nothing yet' },
      ...(escalation.found === null ? [] : [{ label: 'The computer found', value: escalation.found }]),
      ...(state.deadline
        ? [{ label: '30 days end', value: new Date(state.deadline.at).toISOString().slice(0, 10) }]
        : []),
      { label: 'Status', value: statusOf(now) },
    ],
    buttons: buttonsFor(now, journey, escalation.id),
  };
}

function statusOf(now: StaffPost['now']): string {
  if (now.kind === 'open') return 'Open';
  const who = now.by === 'employee' ? 'the employee' : now.by.name;
  return now.kind === 'claimed' ? `Claimed by ${who}` : `Resolved by ${who}`;
}

function buttonsFor(now: StaffPost['now'], journey: string, escalation: string): Message['buttons'] {
  const claim = {
    action: { verb: 'claim', about: journey, arg: escalation },
    label: 'Claim',
    style: 'primary' as const,
  };
  const resolve = {
    action: { verb: 'resolve', about: journey, arg: escalation },
    label: 'Resolve',
    style: 'plain' as const,
  };
  if (now.kind === 'open') return [claim, resolve];
  return now.kind === 'claimed' ? [resolve] : [];
}
