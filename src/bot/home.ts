import type { Flow } from '../flows/compiled.ts';
import { journeyState } from '../flows/state.ts';
import type { Journal } from '../store/journal.ts';
import type { IdentityKey } from './incoming.ts';
import type { Message } from './message.ts';
import { wordButton } from './speech/buttons.ts';
import { cardOf } from './speech/card.ts';
import type { House } from './speech/house.ts';

export interface HomeParts {
  journal: Pick<Journal, 'load'>;
  flowOf(flowId: string, version?: number): Promise<Flow>;
  house: House;
  clock: () => number;
}

/**
 * Where somebody is, for a place beside the conversation that they may open at any time (Slack's App Home). Its
 * buttons are words, good whenever they are pressed: the step's own buttons stay on the card.
 */
export async function homeOf(parts: HomeParts, who: IdentityKey): Promise<Message> {
  const snapshot = await parts.journal.load({
    provider: who.provider,
    tenant: who.tenant,
    externalId: who.id,
  });
  if (!snapshot) return stranger();
  const state = journeyState.parse(snapshot.journey.state);
  const flow = await parts.flowOf(snapshot.journey.flowId);
  const {
    choices: _c,
    input: _i,
    picture: _p,
    ...card
  } = cardOf({
    flow,
    journey: snapshot.journey.id,
    state: { ...state, view: { at: 'step' } },
    openIssues: new Set(snapshot.openIssues),
    house: parts.house,
    zone: snapshot.person.timeZone ?? parts.house.timeZone,
    at: parts.clock(),
  });
  const resting = state.status === 'paused' || state.status === 'waiting';
  return {
    ...card,
    buttons: [
      ...(state.status === 'new' ? [wordButton('start', 'Start', 'primary')] : []),
      ...(resting ? [wordButton('resume', 'Resume', 'primary')] : []),
      ...(state.status === 'active' ? [wordButton('status', 'Show my step in our chat', 'primary')] : []),
      wordButton('privacy', 'What do you keep?'),
      wordButton('help', 'Help'),
    ],
  };
}

function stranger(): Message {
  return {
    summary: 'Welcome. Press Start when you are ready.',
    tone: 'info',
    title: 'Welcome',
    body: 'I will take you through it one step at a time, in our direct messages.',
    fields: [],
    buttons: [wordButton('start', 'Start', 'primary'), wordButton('privacy', 'What do you keep?')],
  };
}
