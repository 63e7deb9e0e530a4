import type { JourneyEvent } from '../../flows/event.ts';
import type { Actor } from '../../flows/happen.ts';
import { nextDue, standing } from '../../flows/journey.ts';
import type { JourneyState } from '../../flows/state.ts';
import { nextWorkingMoment } from '../../flows/working-hours.ts';
import type { Change, HistoryEntry, Snapshot } from '../../store/journal.ts';

/** The journey's row, from its state: what staff filter and sort by follows from it. */
export function journeyRow(
  snapshot: Snapshot,
  state: JourneyState,
  zone: string,
  at: Date,
): Change['journey'] {
  const status = standing(state);
  const due = nextDue(state);
  const { journey } = snapshot;
  const moved = status !== journey.status;
  return {
    id: journey.id,
    lock: journey.lock,
    flowVersion: state.version,
    state,
    status,
    step: state.step,
    since: status === 'stuck' && state.stuck ? new Date(state.stuck.since) : moved ? at : journey.since,
    heardAt: new Date(state.heardAt),
    stuckReason: state.stuck?.reason ?? null,
    dueAt: due === null ? null : new Date(nextWorkingMoment(due, zone)),
    deadlineAt: state.deadline === null ? null : new Date(state.deadline.at),
    closedAt: status === 'done' || status === 'merged' ? (moved ? at : journey.since) : null,
  };
}

export interface Happening {
  event: JourneyEvent;
  by: Actor;
  /** What the employee wrote, screened. */
  text?: string;
  textId?: string;
}

/** The line of the timeline: ids and codes only. */
export function historyEntry(
  happening: Happening,
  before: JourneyState,
  after: JourneyState,
  tells: readonly string[],
): HistoryEntry | null {
  const { event, by, text, textId } = happening;
  const quiet = event.type === 'show' || (event.type === 'heard' && text === undefined);
  const idle =
    (before === after && tells.length === 0) ||
    (event.type === 'timer' && tells.length === 0 && before.status === after.status);
  if (quiet || idle) return null;
  const {
    type,
    step: _step,
    revision: _revision,
    // Who a certificate names, and what a computer says of it, is personal; the history outlives it.
    subject: _subject,
    message: _message,
    ...detail
  } = event as JourneyEvent & Partial<Record<'step' | 'subject' | 'message', string>> & { revision?: number };
  return {
    actor: by.kind,
    actorId: by.id ?? null,
    type,
    step: before.step,
    toStep: after.step,
    detail: {
      ...detail,
      ...(tells.length > 0 && { told: tells }),
      ...(after.status !== before.status && { status: after.status }),
      ...(after.proofs[before.step] !== before.proofs[before.step] && {
        proof: after.proofs[before.step] ?? null,
      }),
    },
    content: text !== undefined && textId !== undefined ? { id: textId, text } : null,
  };
}
