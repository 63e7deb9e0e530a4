import type { JourneyEvent } from './event.ts';
import type { JourneyState } from './state.ts';

/** Who made an event happen; kept in the history. */
export interface Actor {
  kind: 'employee' | 'staff' | 'computer' | 'timer' | 'desk';
  /** Of staff: "slack:T1:U1", "desk:…"; of a computer: its device id. */
  id?: string;
}

export interface Happened {
  /** False where the journey is not there, or the event changed nothing in its state (a second Claim, say). */
  applied: boolean;
  state: JourneyState | null;
}

/**
 * How everything that is not an employee's message reaches a journey: staff, timers, computers. Resolves after the
 * commit. The bot implements it; desk and devices are given it. `once` names the event where it may come again: a
 * second one of this name is not applied.
 */
export type Happen = (
  journeyId: string,
  event: JourneyEvent,
  by: Actor,
  once?: { channel: string; id: string },
) => Promise<Happened>;
