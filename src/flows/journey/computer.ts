import type { JourneyEvent } from '../event.ts';
import { set, type Turn, tell } from './turn.ts';

type Of<T extends JourneyEvent['type']> = Extract<JourneyEvent, { type: T }>;

/** From now on the computer can look and do things for this journey. */
export function paired(turn: Turn, event: Of<'paired'>): void {
  set(turn, { computer: { device: event.device, name: event.name, since: turn.now.at } });
  tell(turn, { id: 'computer-paired', name: event.name });
}

export function unpaired(turn: Turn, event: Of<'unpaired'>): void {
  if (turn.state.computer?.device !== event.device) return;
  tell(turn, { id: 'computer-unpaired', name: turn.state.computer.name });
  set(turn, { computer: null });
}

export function silent(turn: Turn): void {
  if (turn.state.status === 'active' && turn.state.computer !== null) tell(turn, { id: 'computer-silent' });
}
