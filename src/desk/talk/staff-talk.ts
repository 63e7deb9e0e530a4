import type { Action } from '../../bot/action.ts';
import type { SideTalk } from '../../bot/engine.ts';
import type { IdentityKey, Incoming } from '../../bot/incoming.ts';
import type { Message } from '../../bot/message.ts';
import type { Happen } from '../../flows/happen.ts';
import type { Snapshot } from '../../store/journal.ts';
import type { AgentDeskParts } from '../agents.ts';
import { channelTroubles } from '../queries/channel-troubles.ts';
import { journeyDetail } from '../queries/journey-detail.ts';
import { listJourneys } from '../queries/journeys.ts';
import type { Reading } from '../queries/reading.ts';
import type { Staff } from '../staff.ts';
import * as say from './messages.ts';

export interface StaffTalkParts extends AgentDeskParts {
  /** Whether this person belongs to the help desk; fails closed. */
  isStaff(who: IdentityKey): Promise<boolean>;
  happen: Happen;
  reading: Reading;
  /** The path that signs this member of staff in to the console. */
  issueSignIn(staff: Staff): Promise<string>;
  publicUrl: string | null;
}

/** What the help desk does in a chat: sees who is stuck, opens their story, claims, resolves, signs in; leads stop agents. */
export function staffTalk(parts: StaffTalkParts): SideTalk {
  const { reading, happen } = parts;

  async function act(action: Action, by: Staff): Promise<Message> {
    const { verb, about = '', arg = '' } = action;
    if (verb === 'open') {
      const detail = uuid.test(about) ? await journeyDetail(reading, about) : null;
      return detail ? say.story(detail, now()) : say.unknownPerson();
    }
    const type = verb === 'claim' ? 'claim' : 'resolve';
    if (!uuid.test(about)) return say.unknownPerson();
    const actor = { kind: 'staff' as const, id: by.id };
    const { applied } = await happen(about, { type, escalation: arg, by: by.id, name: by.name }, actor);
    return say.settled(type, applied);
  }

  async function agents(verb: string, by: Staff): Promise<Message> {
    if (!parts.agents || !parts.isLead(by.id)) return say.leadsOnly();
    await parts.agents[verb === 'agents-stop' ? 'stop' : 'resume'](by);
    return say.agentsAre(parts.agents.stopped() !== null);
  }

  /** For leads only; null: no agents, or no lead. */
  const stopped = (by: Staff) =>
    parts.agents && parts.isLead(by.id) ? parts.agents.stopped() !== null : null;

  async function console(by: Staff): Promise<Message> {
    if (parts.publicUrl === null) return say.signInLink(null);
    const path = await parts.issueSignIn(by);
    return say.signInLink(new URL(path, parts.publicUrl).href);
  }

  const now = () => reading.clock().getTime();

  return {
    words: ['desk', 'console'],
    verbs: ['claim', 'resolve', 'open', 'agents-stop', 'agents-resume'],
    async answer(incoming, intent, snapshot) {
      if (!(await parts.isStaff(incoming.from))) return heard(say.notStaff());
      const by = staffOf(incoming, snapshot);
      if (intent.kind === 'press') {
        const { verb } = intent.action;
        return heard(await (verb.startsWith('agents-') ? agents(verb, by) : act(intent.action, by)));
      }
      if (intent.kind !== 'word') return null;
      if (intent.word === 'console') return heard(await console(by));
      const { items } = await listJourneys(reading, { status: 'stuck' });
      const stuck = say.withAgents(say.stuckList(items, now()), stopped(by));
      return heard(...(await troubles(reading)), stuck);
    },
  };
}

/** Who is stuck, a message each, for a page such as the App Home. */
export async function stuckPeople(reading: Reading): Promise<Message[]> {
  const { items } = await listJourneys(reading, { status: 'stuck' });
  const at = reading.clock().getTime();
  const people = items.map((journey) => say.stuckPerson(journey, at));
  return [...(await troubles(reading)), ...(people.length > 0 ? people : [say.stuckList([], at)])];
}

const troubles = async (reading: Reading) => (await channelTroubles(reading)).map(say.channelTrouble);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const heard = (...messages: Message[]) => ({ event: { type: 'heard' as const }, messages });

function staffOf({ from, profile }: Incoming, snapshot: Snapshot | null): Staff {
  const name = profile.name ?? snapshot?.person.displayName ?? 'The help desk';
  return { id: `${from.provider}:${from.tenant}:${from.id}`, name };
}
