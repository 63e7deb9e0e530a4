import type { Prisma } from './generated/client.ts';

export type Transaction = Prisma.TransactionClient;

/**
 * The hot path's two questions to the database: "where is this person?" and "write all of this, or nothing".
 * Each is one statement (`load.ts`, `commit.ts`), so a press costs two round trips and one flush to disk.
 * JSON columns are `unknown` here; who owns a shape parses it.
 */

export interface Snapshot {
  person: { id: string; displayName: string | null; timeZone: string | null };
  identity: {
    id: string;
    provider: string;
    tenant: string;
    externalId: string;
    locale: string | null;
    displayName: string | null;
  };
  /** Where to speak: the identity's own conversation, or, for events from elsewhere, where the person spoke last. */
  conversation: { id: string; provider: string; key: string; reference: unknown; screen: unknown };
  /** The person's journey: the one under way, else the latest. */
  journey: {
    id: string;
    lock: number;
    flowId: string;
    flowVersion: number;
    state: unknown;
    status: string;
    since: Date;
  };
  openIssues: string[];
}

export interface HistoryEntry {
  actor: string;
  actorId: string | null;
  type: string;
  step: string;
  toStep: string;
  detail: Record<string, unknown>;
  /** What was written, kept apart so that it can be erased. Never set where a secret may be. */
  content: { id: string; text: string } | null;
}

export interface OutboxEntry {
  id: string;
  conversationId: string;
  op: 'post' | 'edit' | 'delete';
  /** The outbox id of the message that is edited or deleted. */
  targetId: string | null;
  message: unknown;
}

export type EscalationChange =
  | {
      op: 'open';
      id: string;
      reason: string;
      step: string;
      priority: string;
      openedBy: string;
      tried: unknown;
      posts: string[];
    }
  | { op: 'claim'; id: string; by: string; name: string }
  | { op: 'resolve'; id: string; by: string; name: string };

/** Something for a paired computer to do; the devices' side carries it out. */
export interface TaskEntry {
  id: string;
  deviceId: string;
  action: string;
  parameters: Record<string, unknown>;
  step: string;
  asked: boolean;
  expiresAt: Date;
}

/** Everything one event changes. Written as a whole or not at all. */
export interface Change {
  at: Date;
  /** Present for events that a channel delivered: a second one with this identity is a `duplicate`. */
  inbox: { channel: string; eventId: string; event: unknown } | null;
  identity: { id: string; spoke: boolean } | null;
  journey: {
    id: string;
    /** The lock that the decision was made on; another one in the database is a `conflict`. */
    lock: number;
    flowVersion: number;
    state: unknown;
    status: string;
    step: string;
    since: Date;
    heardAt: Date;
    stuckReason: string | null;
    dueAt: Date | null;
    deadlineAt: Date | null;
    closedAt: Date | null;
  };
  /** At most one entry a commit; its `seq` is the new lock. */
  history: HistoryEntry | null;
  screen: { conversationId: string; screen: unknown } | null;
  outbox: OutboxEntry[];
  escalations: EscalationChange[];
  tasks: TaskEntry[];
}

/**
 * Done before the change, in the same transaction: everything or nothing. False, where what it was decided on has
 * changed since, is a `conflict`.
 */
export type Also = (tx: Transaction) => Promise<boolean>;

export type Committed = 'committed' | 'conflict' | 'duplicate';

/**
 * A wish to deliver this message of the change at once. It is granted in the same breath as the commit where nothing
 * else waits in the conversation, nobody delivers there and the person can be reached; else it goes the ordinary way.
 */
export interface Wish {
  outboxId: string;
  /** The message that is edited or deleted. */
  targetId: string | null;
  /** The process that delivers, and until when the right is its alone. */
  by: string;
  until: Date;
}

/** What a granted wish needs to know besides: the channel's reference to the message that is edited or deleted. */
export interface Granted {
  targetRef: unknown;
}

export interface NewcomerKey {
  provider: string;
  tenant: string;
  externalId: string;
}

export interface Newcomer extends NewcomerKey {
  displayName: string | null;
  locale: string | null;
  timeZone: string | null;
  conversation: { key: string; reference: unknown };
  /** The journey that begins, in its first state. */
  journey: { flowId: string; flowVersion: number; step: string; state: unknown };
  at: Date;
}

export interface Journal {
  /** The snapshot for one who speaks, in the conversation with this key; null for a newcomer. */
  load(key: NewcomerKey): Promise<Snapshot | null>;
  /** The snapshot for an event that comes from elsewhere; null where there is no such journey. */
  loadJourney(journeyId: string): Promise<Snapshot | null>;
  /** Makes person, identity, conversation and journey; harmless when somebody else just did. */
  welcome(newcomer: Newcomer): Promise<void>;
  /** Keeps what a channel tells of a person and where to speak to them; called when it changed. */
  refresh(
    key: NewcomerKey,
    profile: { displayName: string | null; locale: string | null; timeZone: string | null },
    conversation: { key: string; reference: unknown },
  ): Promise<void>;
  /** A further journey of a person, after one that is done. */
  begin(personId: string, journey: Newcomer['journey'], at: Date): Promise<string>;
  /** @param also what else must happen with it, in one transaction */
  commit(change: Change, also?: Also): Promise<Committed>;
  /** The same; the wish concerns the conversation on whose screen the change is. */
  commitAndTake(change: Change, wish: Wish): Promise<{ outcome: Committed; granted: Granted | null }>;
}
