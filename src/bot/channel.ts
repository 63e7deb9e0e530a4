import type { IdentityKey, Provider } from './incoming.ts';
import type { Message } from './message.ts';

/** One message on its way out. `conversation` and `target` are the channel's own JSON, as it once gave it. */
export interface Delivery {
  /** The outbox id: the same at every attempt, so that a channel can tell whether it was posted already. */
  id: string;
  conversation: { key: string; reference: unknown };
  audience: 'employee' | 'staff';
  op: 'post' | 'edit' | 'delete';
  /** The message to edit or delete. */
  target?: unknown;
  message: Message;
  /** An earlier attempt ended without an answer: look whether it arrived before sending again. */
  ambiguous: boolean;
  /** What came with the event that caused this; in memory only, absent after a restart. */
  hint?: unknown;
}

/** The channel's own reference to the posted message, for later edits. */
export interface Delivered {
  ref: unknown;
}

/**
 * - `rate-limited`, `unavailable`: not sent; again later.
 * - `ambiguous`: nobody knows whether it was sent.
 * - `target-gone`: the message to edit is no more: post it anew.
 * - `conversation-gone`: this person cannot be reached here; staff are shown that.
 * - `refused`: the channel will never take this message; staff are shown that.
 */
export type DeliveryFault =
  | 'rate-limited'
  | 'unavailable'
  | 'ambiguous'
  | 'target-gone'
  | 'conversation-gone'
  | 'refused';

export class DeliveryError extends Error {
  override name = 'DeliveryError';
  readonly code: DeliveryFault;
  /** Milliseconds that the channel asked to wait. */
  readonly retryAfter: number | undefined;
  constructor(code: DeliveryFault, message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

/** The name of a tenant, for people to read; null: only its id is known. */
export type TenantName = (place: Pick<IdentityKey, 'tenant'> & { provider: string }) => string | null;

/** A way to talk to people. Everything a channel's SDK knows stays behind this. */
export interface Channel {
  readonly provider: Provider;
  /** @throws {DeliveryError} */
  deliver(delivery: Delivery): Promise<Delivered>;
  /** Where staff posts go, when this channel has a place for them. */
  readonly staffConversation?: { key: string; reference: unknown };
  /** Whether this person belongs to the help desk. Fails closed. */
  isStaff?(who: IdentityKey): Promise<boolean>;
  /** What its own people call this tenant, where the channel knows. As they have written it: it may hold anything. */
  tenantName?(tenant: string): string | null;
  start?(): Promise<void>;
  stop?(): Promise<void>;
}
