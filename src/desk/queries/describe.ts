import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import { placeOf } from '../../flows/journey/graph.ts';
import { daysLeft, isUrgent } from '../../flows/journey/time.ts';
import { reasonTitle } from '../../flows/reasons.ts';
import { journeyState } from '../../flows/state.ts';
import type { Prisma } from '../../store/generated/client.ts';
import { type Call, type JourneyItem, status } from '../wire.ts';

/** What every list of journeys reads. */
export const journeyInclude = {
  person: { include: { identities: { include: { conversations: true } } } },
  escalations: { where: { status: { not: 'resolved' } }, orderBy: { openedAt: 'asc' } },
} as const satisfies Prisma.JourneyInclude;

export type JourneyRow = Prisma.JourneyGetPayload<{ include: typeof journeyInclude }>;
type CallRow = JourneyRow['escalations'][number];

const openByDefault = (flow: Flow): ReadonlySet<string> =>
  new Set(flow.issues.filter((i) => i.open).map((i) => i.id));

export function describeJourney(row: JourneyRow, flow: Flow, at: number): JourneyItem {
  const state = journeyState.parse(row.state);
  const place = placeOf(flow, row.step, openByDefault(flow));
  const unreachable = row.person.identities
    .flatMap((i) => i.conversations)
    .find((c) => c.status === 'unreachable');
  const { deadline } = state;
  return {
    id: row.id,
    person: {
      id: row.person.id,
      name: row.person.displayName,
      identities: row.person.identities.map((i) => ({
        provider: i.provider,
        tenant: i.tenant,
        id: i.externalId,
      })),
    },
    flow: { id: row.flowId, version: row.flowVersion },
    status: status.parse(row.status),
    since: row.since.toISOString(),
    step: { id: row.step, title: titleOf(flow, row.step), number: place.step, of: place.of },
    enteredAt: new Date(state.enteredAt).toISOString(),
    heardAt: row.heardAt.toISOString(),
    why: row.stuckReason === null ? null : { code: row.stuckReason, text: reasonText(flow, row.stuckReason) },
    waiting: state.waiting && { for: state.waiting.for, until: new Date(state.waiting.until).toISOString() },
    deadline: deadline && {
      at: new Date(deadline.at).toISOString(),
      daysLeft: daysLeft(state, at) ?? 0,
      passed: deadline.at < at,
    },
    priority: isUrgent(state, at) ? 'urgent' : 'normal',
    escalations: row.escalations.map((call) => describeCall(call, flow)),
    unreachable: unreachable ? (unreachable.problem ?? 'unknown') : null,
  };
}

export function titleOf(flow: Flow, stepId: string): string {
  return flow.byId.get(stepId)?.title ?? stepId;
}

function reasonText(flow: Flow, code: string): string {
  return code === 'said-stuck' ? 'Says "I\'m stuck"' : reasonTitle(flow, code);
}

export function describeCall(row: CallRow, flow: Flow): Call {
  const tried = z.array(z.string()).catch([]).parse(row.tried);
  return {
    id: row.id,
    status: row.status === 'claimed' ? 'claimed' : row.status === 'resolved' ? 'resolved' : 'open',
    priority: row.priority === 'urgent' ? 'urgent' : 'normal',
    reason: { code: row.reason, text: reasonTitle(flow, row.reason) },
    openedBy: row.openedBy,
    openedAt: row.openedAt.toISOString(),
    step: { id: row.step, title: titleOf(flow, row.step) },
    tried: tried.map((id) => ({ id, symptom: flow.problemById.get(id)?.symptom ?? id })),
    claimed: settled(row.claimedBy, row.claimedName, row.claimedAt),
    resolved: settled(row.resolvedBy, row.resolvedName, row.resolvedAt),
  };
}

function settled(id: string | null, name: string | null, at: Date | null): Call['claimed'] {
  return id === null || at === null ? null : { id, name: name ?? id, at: at.toISOString() };
}
