import { isDeepStrictEqual } from 'node:util';
import type { Flow } from '../flows/compiled.ts';
import type { JourneyEvent } from '../flows/event.ts';
import type { Actor, Happen, Happened } from '../flows/happen.ts';
import { newJourney } from '../flows/journey.ts';
import type { JourneyState } from '../flows/state.ts';
import type { Also, Change, Journal, Snapshot } from '../store/journal.ts';
import type { Express, ExpressPlace } from './delivery/deliverer.ts';
import { type Intent, intentOf, trace } from './engine/intent.ts';
import { type Reply, replyTo } from './engine/reply.ts';
import { type Turn, type TurnParts, turns } from './engine/turn.ts';
import type { Incoming, Receive, Received, Said } from './incoming.ts';
import type { Message } from './message.ts';

/**
 * A talk beside the journey: pairing a computer, linking a chat, the help desk's own words. It is asked first, for
 * its words and the verbs of its buttons; null leaves the answer to the journey.
 */
export interface SideTalk {
  words: readonly string[];
  verbs: readonly string[];
  /** Without a snapshot the speaker has no journey (yet): staff in their channel. */
  answer(incoming: Incoming, intent: Intent, snapshot: Snapshot | null): Promise<Reply | 'handled' | null>;
}

export interface EngineParts extends TurnParts {
  journal: Journal;
  /** The flow that newcomers begin. */
  flowId: string;
  sideTalks: readonly SideTalk[];
  /** After each commit: rows to deliver now, with what the channel may use to serve them faster. */
  delivered(
    journeyId: string,
    conversations: readonly string[],
    hints: ReadonlyMap<string, unknown>,
    taken: Express | null,
  ): void;
  /** Whether the answer could go at once; then the commit takes it along (`Deliverer.ready`). */
  ready?(conversation: ExpressPlace): { by: string; until: Date } | null;
  /** What the employee wrote, once it was screened (null: withheld), before the answer goes out. */
  ownWords?(incoming: Incoming, text: string | null): Promise<void>;
}

/** Losing a race for one person's journey this often means something else is wrong. */
const patience = 20;

export interface Engine {
  receive: Receive;
  happen: Happen;
  /** What an event would change, without committing it: for a commit that joins several. */
  plan(snapshot: Snapshot, event: JourneyEvent, by: Actor): Promise<Change>;
}

/** The one way in: load, screen, decide, say, commit, and only then answer. */
export function createEngine(parts: EngineParts): Engine {
  const { journal } = parts;
  const { standpoint, turn } = turns(parts);

  async function receive(incoming: Incoming): Promise<Received> {
    for (let attempt = 0; attempt < patience; attempt++) {
      const snapshot = await arrive(incoming);
      incoming.givenUp?.throwIfAborted();
      const outcome = await take(incoming, snapshot);
      if (outcome !== 'conflict') return outcome === 'duplicate' ? 'duplicate' : 'received';
    }
    throw new Error('This person’s journey kept changing under the event; it was not saved.');
  }

  async function arrive(incoming: Incoming): Promise<Snapshot> {
    const { provider, tenant, id } = incoming.from;
    const key = { provider, tenant, externalId: id };
    const known = await journal.load(key);
    const { name: displayName = null, locale = null, zone: timeZone = null } = incoming.profile;
    if (known && isCurrent(known, incoming)) return known;
    if (known) {
      const here = incoming.conversation.key === known.conversation.key;
      const conversation = here ? incoming.conversation : known.conversation;
      await journal.refresh(key, { displayName, locale, timeZone }, conversation);
      return (await journal.load(key)) ?? known;
    }
    const flow = await parts.flowOf(parts.flowId);
    const at = parts.clock();
    const state = newJourney(flow, at);
    await journal.welcome({
      ...key,
      displayName,
      locale,
      timeZone,
      conversation: incoming.conversation,
      journey: { flowId: flow.id, flowVersion: flow.version, step: state.step, state },
      at: new Date(at),
    });
    const snapshot = await journal.load(key);
    if (!snapshot) throw new Error('A newcomer was welcomed but cannot be found.');
    return snapshot;
  }

  async function take(incoming: Incoming, snapshot: Snapshot) {
    const now = await standpoint(snapshot);
    const atSecretStep = handlesSecret(now.flow, now.state);
    const intent = intentOf(ownButton(incoming.said, snapshot.journey.id), atSecretStep);
    const reply: Reply | 'handled' =
      (await aside(incoming, intent, snapshot)) ??
      replyTo({ ...now, journey: snapshot.journey.id, house: parts.house }, intent);
    if (reply === 'handled') return 'committed' as const;
    if (reply.event.type === 'start-again' && now.state.status === 'done')
      return startAgain(incoming, snapshot);
    const typed = incoming.said.kind === 'text';
    const stand = reply.on ? await standpoint(reply.on) : now;
    const next = turn(reply.on ?? snapshot, stand, reply, { kind: 'employee' }, typed);
    const { change } = next;
    change.inbox = {
      channel: incoming.from.provider,
      eventId: incoming.id,
      event: trace(incoming.said, intent),
    };
    change.identity = { id: snapshot.identity.id, spoke: true };
    if (typed && parts.ownWords) await parts.ownWords(incoming, shownWords(incoming, intent));
    const served =
      incoming.hint === undefined ? next : { ...next, hints: hintsFor(change, snapshot, incoming.hint) };
    const outcome = await settle(served, reply.also);
    if (outcome === 'committed' && reply.ends) parts.delivered(reply.ends, [], new Map(), null);
    return outcome;
  }

  async function aside(
    incoming: Incoming,
    intent: Intent,
    snapshot: Snapshot,
  ): Promise<Reply | 'handled' | null> {
    for (const talk of parts.sideTalks) {
      const concerned =
        (intent.kind === 'word' && talk.words.includes(intent.word)) ||
        (intent.kind === 'code' && talk.words.includes('link')) ||
        (intent.kind === 'press' && talk.verbs.includes(intent.action.verb));
      const answer = concerned ? await talk.answer(incoming, intent, snapshot) : null;
      if (answer !== null) return answer;
    }
    return null;
  }

  /** Another journey begins, with the same person, in the same place. */
  async function startAgain(incoming: Incoming, snapshot: Snapshot) {
    const flow = await parts.flowOf(parts.flowId);
    const at = parts.clock();
    const state = newJourney(flow, at);
    await journal.begin(
      snapshot.person.id,
      { flowId: flow.id, flowVersion: flow.version, step: state.step, state },
      new Date(at),
    );
    const fresh = await arrive(incoming);
    const now = await standpoint(fresh);
    const next = turn(fresh, now, { event: { type: 'start' }, messages: [] }, { kind: 'employee' }, false);
    next.change.inbox = {
      channel: incoming.from.provider,
      eventId: incoming.id,
      event: { kind: 'press', event: 'start-again' },
    };
    next.change.identity = { id: fresh.identity.id, spoke: true };
    return settle(next);
  }

  const happen: Happen = async (journeyId, event, by, once) => {
    for (let attempt = 0; attempt < patience; attempt++) {
      const snapshot = await journal.loadJourney(journeyId);
      if (!snapshot) return { applied: false, state: null };
      const done = await befall(snapshot, event, by, once);
      if (done !== 'conflict') return done;
    }
    throw new Error('This journey kept changing under the event; it was not saved.');
  };

  async function befall(
    snapshot: Snapshot,
    event: JourneyEvent,
    by: Actor,
    once: { channel: string; id: string } | undefined,
  ): Promise<Happened | 'conflict'> {
    const now = await standpoint(snapshot);
    const next = turn(snapshot, now, { event, messages: [] }, by, false);
    const { state, change } = next;
    if (state === now.stored && change.outbox.length === 0) return { applied: false, state };
    if (once) change.inbox = { channel: once.channel, eventId: once.id, event: { event: event.type } };
    const outcome = await settle(next);
    if (outcome === 'conflict') return 'conflict';
    return { applied: outcome === 'committed' && state !== now.state, state };
  }

  async function plan(snapshot: Snapshot, event: JourneyEvent, by: Actor): Promise<Change> {
    return turn(snapshot, await standpoint(snapshot), { event, messages: [] }, by, false).change;
  }

  async function settle({ change, hints, conversation }: Turn, also?: Also) {
    const row = change.outbox.find(({ conversationId }) => conversationId === conversation.id);
    const ready = row && !also && parts.ready?.(conversation);
    const { outcome, granted } =
      row && ready
        ? await journal.commitAndTake(change, { outboxId: row.id, targetId: row.targetId, ...ready })
        : { outcome: await journal.commit(change, also), granted: null };
    if (outcome === 'committed') {
      const places = [...new Set(change.outbox.map(({ conversationId }) => conversationId))];
      const taken = row && granted ? { conversation, at: change.at, row, ...granted } : null;
      parts.delivered(change.journey.id, places, hints, taken);
    }
    return outcome;
  }

  return { receive, happen, plan };
}

/** Whether what the channel tells of the person, and of how to reach them where they are known, is what is kept. */
function isCurrent({ person, identity, conversation }: Snapshot, incoming: Incoming): boolean {
  const { name, locale, zone } = incoming.profile;
  return (
    (name ?? person.displayName) === person.displayName &&
    (locale ?? identity.locale) === identity.locale &&
    (zone ?? person.timeZone) === person.timeZone &&
    (incoming.conversation.key !== conversation.key ||
      isDeepStrictEqual(incoming.conversation.reference, conversation.reference))
  );
}

/** Also while the journey rests there: who paused at the password still has it in mind. */
function handlesSecret(flow: Flow, { step, status }: JourneyState): boolean {
  return flow.byId.get(step)?.secret === true && status !== 'new' && status !== 'done';
}

/** What the conversation's own record shows of a text: all of it, nothing, or that a code was typed. */
function shownWords({ said }: Incoming, intent: Intent): string | null {
  if (intent.kind === 'withheld' || said.kind !== 'text') return null;
  return intent.kind === 'code' ? 'link •••• ••••' : said.text;
}

/** A button of another journey (one begun anew, or left for another) fits no moment of this one. */
function ownButton(said: Said, journey: string): Said {
  if (said.kind !== 'press' || said.action.revision === undefined) return said;
  if (said.action.about === undefined || said.action.about === journey) return said;
  return { ...said, action: { ...said.action, revision: -1 } };
}

/** The hint belongs to the first message in the speaker's own conversation. */
function hintsFor(change: Change, snapshot: Snapshot, hint: unknown): ReadonlyMap<string, unknown> {
  const first = change.outbox.find((row) => row.conversationId === snapshot.conversation.id);
  return new Map(first ? [[first.id, hint]] : []);
}

/** A message to an employee that no decision asked for, such as the answer to a side talk. */
export function plainReply(message: Message): Reply {
  return { event: { type: 'heard' }, messages: [message] };
}
