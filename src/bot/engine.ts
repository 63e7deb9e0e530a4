import { isDeepStrictEqual } from 'node:util';
import type { Flow } from '../flows/compiled.ts';
import type { JourneyEvent, Moment } from '../flows/event.ts';
import type { Actor, Happen, Happened } from '../flows/happen.ts';
import { decide, newJourney } from '../flows/journey.ts';
import { type JourneyState, journeyState } from '../flows/state.ts';
import type { Also, Change, Journal, Snapshot } from '../store/journal.ts';
import { historyEntry, journeyRow } from './engine/change.ts';
import { compose } from './engine/compose.ts';
import { type Intent, intentOf, trace } from './engine/intent.ts';
import { type Reply, replyTo } from './engine/reply.ts';
import type { Incoming, Receive, Received, Said } from './incoming.ts';
import type { Message } from './message.ts';
import { screen } from './screen.ts';
import type { House } from './speech/house.ts';

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

export interface EngineParts {
  journal: Journal;
  /** The flow of this id in this version, filled in; without a version, the newest. */
  flowOf(flowId: string, version?: number): Promise<Flow>;
  /** The flow that newcomers begin. */
  flowId: string;
  house: House;
  clock: () => number;
  newId: () => string;
  /** The help desk's conversations, one for each channel that has a place for it. */
  staff: readonly string[];
  sideTalks: readonly SideTalk[];
  /** After each commit: rows to deliver now, with what the channel may use to serve them faster. */
  delivered(journeyId: string, conversations: readonly string[], hints: ReadonlyMap<string, unknown>): void;
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

  async function receive(incoming: Incoming): Promise<Received> {
    for (let attempt = 0; attempt < patience; attempt++) {
      const snapshot = await arrive(incoming);
      const outcome = await take(incoming, snapshot);
      if (outcome !== 'conflict') return outcome === 'duplicate' ? 'duplicate' : 'received';
    }
    throw new Error('This person’s journey kept changing under the event; it was not saved.');
  }

  async function arrive(incoming: Incoming): Promise<Snapshot> {
    const { provider, tenant, id } = incoming.from;
    const key = { provider, tenant, externalId: id };
    const known = await journal.load(key);
    if (known) return refreshed(incoming, known);
    const flow = await parts.flowOf(parts.flowId);
    const at = parts.clock();
    const state = newJourney(flow, at);
    await journal.welcome({
      ...key,
      displayName: incoming.profile.name ?? null,
      locale: incoming.profile.locale ?? null,
      timeZone: incoming.profile.zone ?? null,
      conversation: incoming.conversation,
      journey: { flowId: flow.id, flowVersion: flow.version, step: state.step, state },
      at: new Date(at),
    });
    const snapshot = await journal.load(key);
    if (!snapshot) throw new Error('A newcomer was welcomed but cannot be found.');
    return snapshot;
  }

  /** What the channel tells of the person and of where to speak to them is kept, whenever it is something new. */
  async function refreshed(
    { from, profile, conversation: at }: Incoming,
    known: Snapshot,
  ): Promise<Snapshot> {
    const { person, identity, conversation } = known;
    const moved = at.key !== conversation.key || !isDeepStrictEqual(at.reference, conversation.reference);
    const other = (told: string | undefined, kept: string | null) => told !== undefined && told !== kept;
    const { name, locale, zone } = profile;
    if (
      !moved &&
      !other(name, identity.displayName) &&
      !other(locale, identity.locale) &&
      !other(zone, person.timeZone)
    )
      return known;
    const key = { provider: from.provider, tenant: from.tenant, externalId: from.id };
    const told = { displayName: name ?? null, locale: locale ?? null, timeZone: zone ?? null };
    await journal.refresh(key, told, at);
    return (await journal.load(key)) ?? known;
  }

  async function take(incoming: Incoming, snapshot: Snapshot) {
    const now = await standpoint(snapshot);
    const atSecretStep = now.flow.byId.get(now.state.step)?.secret === true && now.state.status === 'active';
    const intent = intentOf(ownButton(incoming.said, snapshot.journey.id), atSecretStep);
    const reply: Reply | 'handled' =
      (await aside(incoming, intent, snapshot)) ??
      replyTo({ ...now, journey: snapshot.journey.id, house: parts.house }, intent);
    if (reply === 'handled') return 'committed' as const;
    if (reply.event.type === 'start-again' && now.state.status === 'done')
      return startAgain(incoming, snapshot);
    const typed = incoming.said.kind === 'text';
    const stand = reply.on ? await standpoint(reply.on) : now;
    const { change, hints } = turn(reply.on ?? snapshot, stand, reply, { kind: 'employee' }, typed);
    change.inbox = {
      channel: incoming.from.provider,
      eventId: incoming.id,
      event: trace(incoming.said, intent),
    };
    change.identity = { id: snapshot.identity.id, spoke: true };
    if (typed && parts.ownWords) await parts.ownWords(incoming, shownWords(incoming, intent));
    const served = incoming.hint === undefined ? hints : hintsFor(change, snapshot, incoming.hint);
    const outcome = await settle(change, served, reply.also);
    if (outcome === 'committed' && reply.ends) parts.delivered(reply.ends, [], new Map());
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
    const { change, hints } = turn(
      fresh,
      now,
      { event: { type: 'start' }, messages: [] },
      { kind: 'employee' },
      false,
    );
    change.inbox = {
      channel: incoming.from.provider,
      eventId: incoming.id,
      event: { kind: 'press', event: 'start-again' },
    };
    change.identity = { id: fresh.identity.id, spoke: true };
    return settle(change, hints);
  }

  const happen: Happen = async (journeyId, event, by) => {
    for (let attempt = 0; attempt < patience; attempt++) {
      const snapshot = await journal.loadJourney(journeyId);
      if (!snapshot) return { applied: false, state: null };
      const done = await befall(snapshot, event, by);
      if (done !== 'conflict') return done;
    }
    throw new Error('This journey kept changing under the event; it was not saved.');
  };

  async function befall(snapshot: Snapshot, event: JourneyEvent, by: Actor): Promise<Happened | 'conflict'> {
    const now = await standpoint(snapshot);
    const { change, hints, state } = turn(snapshot, now, { event, messages: [] }, by, false);
    if (state === now.stored && change.outbox.length === 0) return { applied: false, state };
    const outcome = await settle(change, hints);
    return outcome === 'conflict' ? 'conflict' : { applied: state !== now.state, state };
  }

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
    const seen = typed ? { ...before, touched: true } : before;
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
    };
    return { change, state: decision.state as JourneyState, hints: new Map<string, unknown>() };
  }

  async function plan(snapshot: Snapshot, event: JourneyEvent, by: Actor): Promise<Change> {
    return turn(snapshot, await standpoint(snapshot), { event, messages: [] }, by, false).change;
  }

  async function settle(change: Change, hints: ReadonlyMap<string, unknown>, also?: Also) {
    const outcome = await journal.commit(change, also);
    if (outcome === 'committed') {
      parts.delivered(change.journey.id, [...new Set(change.outbox.map((row) => row.conversationId))], hints);
    }
    return outcome;
  }

  return { receive, happen, plan };
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
