import type { Staff } from './staff.ts';

/** One paired computer, as the desk shows it. */
export interface AgentItem {
  id: string;
  journeyId: string;
  person: string | null;
  hostname: string;
  system: string;
  state: 'connected' | 'offline' | 'disabled' | 'unpaired';
  pairedAt: Date;
  heardAt: Date | null;
  unpairedAt: Date | null;
  unpairedBy: string | null;
}

/** By whom, by name, and when. */
export interface Stopped {
  by: string;
  at: Date;
}

export interface AgentOverview {
  /** What they may do at this moment. */
  mode: 'off' | 'look' | 'change';
  /** A lead has stopped them all. */
  stopped: Stopped | null;
  counts: Record<AgentItem['state'], number>;
  items: readonly AgentItem[];
}

/** What the desk can see and do of paired computers; whoever has them gives it. */
export interface AgentDesk {
  /** Who has stopped them all; null: nobody. */
  stopped(): Stopped | null;
  overview(): Promise<AgentOverview>;
  /** The computer that is paired with this journey now. */
  pairedWith(journeyId: string): Promise<AgentItem | null>;
  stop(by: Staff): Promise<void>;
  resume(by: Staff): Promise<void>;
  /** @returns false where no computer is paired with this journey */
  unpair(journeyId: string, by: Staff): Promise<boolean>;
}

export interface AgentDeskParts {
  /** Null: the organisation has no agents (AGENT=off). */
  agents: AgentDesk | null;
  /** Whether this member of staff, by id, may do what only leads may. */
  isLead(staffId: string): boolean;
}
