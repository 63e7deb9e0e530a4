import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import { placeOf } from '../../flows/journey/graph.ts';
import { daysLeft, isUrgent } from '../../flows/journey/time.ts';
import { reasonTitle } from '../../flows/reasons.ts';
import { journeyState } from '../../flows/state.ts';
import type { Prisma } from '../../store/generated/client.ts';
import { type Call, type JourneyItem, status } from '../wire.ts';
import type { Now } from './reading.ts';

/** What every answer about a journey reads of it. */
export const journeyInclude = {
  person: { include: { identities: { include: { conversations: { where: { status: 'unreachable' } } } } } },
  escalations: { where: { status: { not: 'resolved' } }, orderBy: { openedAt: 'asc' } },
} as const satisfies Prisma.JourneyInclude;

export type JourneyRow = Prisma.JourneyGetPayload<{ include: typeof journeyInclude }>;
type CallRow = JourneyRow['escalations'][number];

const iso = (time: number) => new Date(time).toISOString();

export function describeJourney(row: JourneyRow, flow: Flow, now: Now): JourneyItem {
  const state = journeyState.parse(row.state);
  const place = placeOf(flow, row.step, now.openIssues);
  const { deadline, waiting } = state;
  const { identities } = row.person;
  const unreachable = identities.flatMap((identity) => identity.conversations)[0];
  const urgent = isUrgent(state, now.at) || row.escalations.some((call) => call.priority === 'urgent');
  return {
    id: row.id,
    person: {
      id: row.person.id,
      name: row.person.displayName,
      identities: identities.map(({ provider, tenant, externalId }) => ({
        provider,
        tenant,
        id: externalId,
      })),
    },
    flow: { id: row.flowId, version: row.flowVersion },
    // One that its person left for another is over; lists do not show it, the timeline says why.
    status: row.status === 'merged' ? 'done' : status.parse(row.status),
    since: row.since.toISOString(),
    step: { id: row.step, title: titleOf(flow, row.step), number: place.step, of: place.of },
    enteredAt: iso(state.enteredAt),
    heardAt: row.heardAt.toISOString(),
    why: row.stuckReason === null ? null : reasonWords(flow, row.stuckReason),
    waiting: waiting && { for: waiting.for, until: iso(waiting.until) },
    deadline: deadline && {
      at: iso(deadline.at),
      daysLeft: daysLeft(state, now.at) ?? 0,
      passed: deadline.at <= now.at,
    },
    priority: urgent ? 'urgent' : 'normal',
    escalations: row.escalations.map((call) => describeCall(call, flow)),
    unreachable: unreachable ? (unreachable.problem ?? 'The channel refuses messages to this person') : null,
  };
}

/** A step that is no more stands for itself, by its id. */
export function titleOf(flow: Flow, stepId: string): string {
  return flow.byId.get(stepId)?.title ?? stepId;
}

function reasonWords(flow: Flow, code: string): { code: string; text: string } {
  return { code, text: code === 'said-stuck' ? 'Pressed “I’m stuck”' : reasonTitle(flow, code) };
}

const triedProblems = z.array(z.string());

export function describeCall(row: CallRow, flow: Flow): Call {
  return {
    id: row.id,
    status: row.status === 'claimed' || row.status === 'resolved' ? row.status : 'open',
    priority: row.priority === 'urgent' ? 'urgent' : 'normal',
    reason: reasonWords(flow, row.reason),
    openedBy: row.openedBy,
    openedAt: row.openedAt.toISOString(),
    step: { id: row.step, title: titleOf(flow, row.step) },
    tried: triedProblems
      .parse(row.tried)
      .map((id) => ({ id, symptom: flow.problemById.get(id)?.symptom ?? id })),
    claimed: by(row.claimedBy, row.claimedName, row.claimedAt),
    resolved: by(row.resolvedBy, row.resolvedName, row.resolvedAt),
  };
}

function by(id: string | null, name: string | null, at: Date | null): Call['claimed'] {
  return id === null || at === null ? null : { id, name: name ?? id, at: at.toISOString() };
}
