import type { Flow } from '../../flows/compiled.ts';
import type { Moment } from '../../flows/event.ts';
import type { Actor } from '../../flows/happen.ts';
import { decide } from '../../flows/journey.ts';
import { type JourneyState, journeyState } from '../../flows/state.ts';
import type { Change, OutboxEntry, Snapshot } from '../../store/journal.ts';
import type { ExpressPlace } from '../delivery/deliverer.ts';
import { identityKey } from '../incoming.ts';
import { screen } from '../screen.ts';
import type { House } from '../speech/house.ts';
import { historyEntry, journeyRow } from './change.ts';
import { compose } from './compose.ts';
import type { Reply } from './reply.ts';

export interface TurnParts {
  /** The flow of this id in this version, filled in; without a version, the newest. */
  flowOf(flowId: string, version?: number): Promise<Flow>;
  house: House;
  clock: () => number;
  newId: () => string;
  /** The help desk's conversations, one for each channel that has a place for it. */
  staff: readonly string[];
}

/** One event's way through a decision, up to all that it changes; nothing is written here. */
export function turns(parts: TurnParts) {
  /** The person's state under the newest version of the flow. */
  async function standpoint(snapshot: Snapshot) {
    const stored = journeyState.parse(snapshot.journey.state);
    const flow = await parts.flowOf(snapshot.journey.flowId);
    const openIssues: ReadonlySet<string> = new Set(snapshot.openIssues);
    const moved =
      stored.version === flow.version
        ? { state: stored, effects: [] }
        : decide(flow, stored, { type: 'flow-changed' }, moment(openIssues));
    return { flow, openIssues, stored, state: moved.state, effects: moved.effects };
  }

  function moment(openIssues: ReadonlySet<string>): Moment {
    return { at: parts.clock(), openIssues, newId: parts.newId(), spareId: parts.newId() };
  }

  type Standpoint = Awaited<ReturnType<typeof standpoint>>;

  function turn(snapshot: Snapshot, now: Standpoint, reply: Reply, by: Actor, typed: boolean) {
    const when = moment(now.openIssues);
    const decision = decide(now.flow, now.state, reply.event, when);
    const effects = [...now.effects, ...decision.effects];
    const zone = snapshot.person.timeZone ?? parts.house.timeZone;
    const before = screen.parse(snapshot.conversation.screen);
    const here = (row: OutboxEntry) => row.op === 'post' && row.conversationId === snapshot.conversation.id;
    const seen = typed || reply.rows?.some(here) ? { ...before, touched: true } : before;
    const composed = compose(
      {
        scene: {
          flow: now.flow,
          journey: snapshot.journey.id,
          state: decision.state,
          openIssues: now.openIssues,
          house: parts.house,
          zone,
          at: when.at,
        },
        screen: seen,
        conversation: snapshot.conversation.id,
        staff: parts.staff,
        person: snapshot.person.displayName ?? 'An employee',
        newId: parts.newId,
      },
      effects,
      reply.messages,
    );
    const at = new Date(when.at);
    const tells = effects.flatMap((effect) => (effect.type === 'tell' ? [effect.what.id] : []));
    const happening = {
      event: reply.event,
      by,
      ...(reply.text !== undefined && { text: reply.text, textId: parts.newId() }),
    };
    const change: Change = {
      at,
      inbox: null,
      identity: null,
      journey: journeyRow(snapshot, decision.state, zone, at),
      history: historyEntry(happening, now.stored, decision.state, tells),
      screen: { conversationId: snapshot.conversation.id, screen: composed.screen },
      outbox: [...(reply.rows ?? []), ...composed.outbox],
      escalations: composed.escalations,
      tasks: composed.tasks,
    };
    const hints: ReadonlyMap<string, unknown> = new Map();
    return { change, state: decision.state as JourneyState, hints, conversation: placeOf(snapshot) };
  }

  return { standpoint, turn };
}

export type Turn = Pick<ReturnType<ReturnType<typeof turns>['turn']>, 'change' | 'hints' | 'conversation'>;

function placeOf({ conversation: { id, provider, key, reference } }: Snapshot): ExpressPlace {
  return { id, provider: identityKey.shape.provider.parse(provider), key, reference };
}
