import { z } from 'zod';
import { action } from './action.ts';

/** A person as a channel knows them: never an e-mail address, never a bare id. */
export const identityKey = z.object({
  provider: z.enum(['slack', 'teams', 'local']),
  tenant: z.string().min(1).max(128),
  id: z.string().min(1).max(128),
});
export type IdentityKey = z.output<typeof identityKey>;
export type Provider = IdentityKey['provider'];

/** What a channel tells about a person; shown to staff, never trusted. */
export interface Profile {
  name?: string;
  locale?: string;
  /** IANA name, such as "America/New_York". */
  zone?: string;
}

const json: z.ZodType<unknown> = z.unknown();

/** What came in, in no channel's idiom. `text` is raw: it is screened in memory before anything is stored. */
export const said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), files: z.number().int().default(0) }),
  z.object({ kind: z.literal('press'), action, value: z.string().optional() }),
  /** Opened the conversation or installed the bot. */
  z.object({ kind: z.literal('opened') }),
  z.object({ kind: z.literal('edited') }),
  z.object({ kind: z.literal('deleted') }),
  z.object({ kind: z.literal('reacted') }),
]);
export type Said = z.output<typeof said>;

export interface Incoming {
  /** The channel's own identity of this event; a second one with the same id changes nothing. */
  id: string;
  from: IdentityKey;
  profile: Profile;
  /** Where the person speaks: `key` is unique within the provider, `reference` is what the channel needs to answer. */
  conversation: { key: string; reference: z.output<typeof json> };
  at: Date;
  said: Said;
  /**
   * Handed back to the channel, in memory only, with the deliveries this event causes (a response address, an open
   * request): it may serve them faster; without it they go the ordinary way.
   */
  hint?: unknown;
  /**
   * Aborted once the channel has told the person that this could not be saved: what is not being written by then must
   * not be, or it would happen twice when they repeat it. For what a channel does not deliver again.
   */
  givenUp?: AbortSignal;
}

/** `duplicate`: it had been received before and changed nothing now. */
export type Received = 'received' | 'duplicate';

/**
 * The one way in. Resolves after everything the event causes is committed.
 * @throws when it could not be saved: the channel must then not acknowledge (or must say "press again").
 */
export type Receive = (incoming: Incoming) => Promise<Received>;
