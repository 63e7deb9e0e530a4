import type { Action } from '../../bot/action.ts';
import type { Button, Message } from '../../bot/message.ts';
import type { EscalationItem, JourneyDetail, JourneyItem } from '../wire.ts';

/** What the bot says to the help desk in a chat. Names and what people wrote stand in fields, which are plain text. */

const message = (parts: Partial<Message> & Pick<Message, 'summary'>): Message => ({
  tone: 'staff',
  fields: [],
  buttons: [],
  ...parts,
});

const many = 20;

export function nameOf({ person }: JourneyItem): string {
  return person.name ?? 'An employee';
}

/** "stuck for 2 h" */
export function since(journey: JourneyItem, at: number): string {
  const minutes = Math.max(0, Math.round((at - Date.parse(journey.since)) / 60_000));
  if (minutes < 60) return `for ${minutes} min`;
  return minutes < 48 * 60 ? `for ${Math.round(minutes / 60)} h` : `for ${Math.round(minutes / 1440)} days`;
}

function lineOf(journey: JourneyItem, at: number): string {
  const claimed = journey.escalations.find((call) => call.claimed)?.claimed;
  return [
    ...(journey.priority === 'urgent' ? ['Urgent'] : []),
    `Step ${journey.step.number} of ${journey.step.of} · ${journey.step.title}`,
    journey.why?.text ?? 'Stuck',
    since(journey, at),
    ...(claimed ? [`${claimed.name} is on it`] : []),
    ...(journey.unreachable === null ? [] : [`The bot cannot reach them: ${journey.unreachable}`]),
  ].join(' · ');
}

/** Who is stuck: a line each, and a button that opens the person's whole story. */
export function stuckList(journeys: readonly JourneyItem[], at: number): Message {
  if (journeys.length === 0) return message({ summary: 'Nobody is stuck.', body: 'Nobody is stuck.' });
  const shown = journeys.slice(0, many);
  const people = journeys.length === 1 ? 'One person is stuck' : `${journeys.length} people are stuck`;
  return message({
    summary: `${people}.`,
    title: people,
    fields: shown.map((journey) => ({ label: nameOf(journey), value: lineOf(journey, at) })),
    choices: { prompt: 'Open:', options: shown.map((journey) => openButton(journey)) },
    ...(journeys.length > many && { note: `The first ${many}; all of them are in the console.` }),
  });
}

/** The help desk's channel takes no posts: who is stuck is seen here and in the console only. */
export function channelTrouble(problem: string): Message {
  return message({
    summary: `No posts reach the help-desk channel. ${problem}`,
    tone: 'warning',
    title: 'No posts reach the help-desk channel',
    fields: [{ label: 'Why', value: problem }],
  });
}

/** One stuck person, for the App Home. */
export function stuckPerson(journey: JourneyItem, at: number): Message {
  return message({
    summary: `${nameOf(journey)} is stuck.`,
    fields: [{ label: nameOf(journey), value: lineOf(journey, at) }],
    buttons: [...callButtons(journey.id, journey.escalations), { ...openButton(journey), label: 'Open' }],
  });
}

/** Everything about one person, the latest first. */
export function story({ journey, history }: Pick<JourneyDetail, 'journey' | 'history'>, at: number): Message {
  const events = history.items.slice(0, 12).map(({ at: when, text, content }) => ({
    label: `${when.slice(0, 16).replace('T', ' ')} UTC`,
    value: content === null ? text : `${text}: “${content}”`,
  }));
  return message({
    summary: `${nameOf(journey)}: ${lineOf(journey, at)}`,
    title: 'What happened so far',
    fields: [{ label: nameOf(journey), value: lineOf(journey, at) }, ...events],
    buttons: callButtons(journey.id, journey.escalations),
    note: 'The latest first.',
  });
}

export function settled(verb: 'claim' | 'resolve', applied: boolean): Message {
  if (!applied)
    return info(verb === 'claim' ? 'Somebody has it already, or it is resolved.' : 'It is resolved already.');
  return info(
    verb === 'claim'
      ? 'It is yours. The employee knows that you are on it.'
      : 'Resolved. The employee has been told and can go on.',
  );
}

/** The desk's own list with a lead's press on it. @param stopped null: not for this reader */
export function withAgents(list: Message, stopped: boolean | null): Message {
  if (stopped === null) return list;
  const stop: Button = {
    action: { verb: 'agents-stop' },
    label: 'Stop all agents',
    style: 'danger',
    confirm: {
      title: 'Stop all agents?',
      text: 'Every paired computer stops looking and doing things at once, and none can be paired, until a lead lets them work again.',
      yes: 'Stop all',
      no: 'Leave them',
    },
  };
  const resume: Button = {
    action: { verb: 'agents-resume' },
    label: 'Let agents work again',
    style: 'primary',
  };
  return { ...list, buttons: [...list.buttons, stopped ? resume : stop] };
}

export const agentsAre = (stopped: boolean): Message =>
  info(stopped ? 'All agents are stopped.' : 'Agents may work again.');
export const leadsOnly = (): Message => info('That is for leads of the help desk only.');
export const notStaff = (): Message => info('That is for the help desk only.');
export const unknownPerson = (): Message => info('I do not find this person any more.');

/** The address is good for one sign-in, for this person alone. */
export function signInLink(address: string | null): Message {
  if (address === null)
    return info('The console has no address of its own yet: ask your administrator to set PUBLIC_URL.');
  return message({
    summary: 'Your personal sign-in link to the console.',
    body: `[Open the console](${address})`,
    note: 'For you alone: it signs you in once, within ten minutes.',
  });
}

const info = (sentence: string): Message => message({ summary: sentence, body: sentence });

function openButton(journey: JourneyItem): Button {
  return { action: { verb: 'open', about: journey.id }, label: nameOf(journey).slice(0, 75), style: 'plain' };
}

function callButtons(about: string, calls: readonly Pick<EscalationItem, 'id' | 'status'>[]): Button[] {
  const [call] = calls;
  if (!call) return [];
  const act = (verb: string): Action => ({ verb, about, arg: call.id });
  const resolve: Button = { action: act('resolve'), label: 'Resolve', style: 'plain' };
  if (call.status !== 'open') return [resolve];
  return [{ action: act('claim'), label: 'Claim', style: 'primary' }, resolve];
}
