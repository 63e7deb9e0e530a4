import type { JourneyItem, Status } from '../wire.ts';

/** A name, or else what the channel calls them. */
export function nameOf({ person }: Pick<JourneyItem, 'person'>): string {
  return person.name ?? person.identities[0]?.id ?? 'An employee';
}

const channels: Readonly<Record<string, string>> = { slack: 'Slack', teams: 'Teams', local: 'Browser chat' };

export function channelsOf({ person }: Pick<JourneyItem, 'person'>): string {
  return person.identities.map(({ provider, id }) => `${channels[provider] ?? provider} ${id}`).join(' · ');
}

/** The states, those first who need somebody most. */
export const statusOrder: readonly Status[] = ['stuck', 'waiting', 'active', 'paused', 'new', 'done'];

export const statusWords: Readonly<Record<Status, string>> = {
  stuck: 'Stuck',
  waiting: 'Waiting',
  active: 'Under way',
  paused: 'Paused',
  new: 'Not begun',
  done: 'Done',
};

export const openedWords: Readonly<Record<string, string>> = {
  employee: 'The employee asked',
  problem: 'A problem stayed unsolved',
  silence: 'The employee fell silent',
  deadline: 'The 30 days ran out',
};
