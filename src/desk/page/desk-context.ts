import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Me, Summary } from '../wire.ts';

/** What every part of the page shares. */
export interface Desk {
  me: Me;
  /** How many people are in each state, and the steps there are; null until it is known. */
  summary: Summary | null;
  /** Goes up whenever there may be news. */
  tick: number;
  /** Looks again now. */
  look(): void;
  /** The server's clock, in milliseconds since 1970; moves on by itself. */
  now: number;
  /** The server answered at this moment of its clock. */
  heardFrom(asOf: string): void;
  /** Said to screen readers, and shown for a while. */
  say(sentence: string): void;
  /** Something was not done: told at once, and shown until it is put away. */
  warn(sentence: string): void;
  /** The session is over. */
  signedOut(): void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('This part is not inside the desk.');
  return desk;
}
