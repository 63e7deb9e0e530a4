import { localTime } from '../home/receipts.ts';
import type { LinkEnd } from './connection.ts';
import { networkWords } from './network.ts';

const AGAIN = 'Trying again by itself.';

/** A state of the link for the person at the computer: its name, and words. Null: nothing to say. */
export function endWords(end: LinkEnd, server: URL, now: Date): { name: string; words: string } | null {
  switch (end.kind) {
    case 'not-reached':
      return { name: end.problem, words: `${networkWords(end.problem, server, end.detail)} ${AGAIN}` };
    case 'lost':
      return { name: 'lost', words: `The link to the help desk's server broke. ${AGAIN}` };
    case 'not-proven':
      return {
        name: 'not-proven',
        words: `Tell the help desk: what answers at ${server.host} is not the server that this computer was paired with. Nothing it says is believed. ${AGAIN}`,
      };
    case 'clock-wrong': {
      const theirs = localTime(new Date(end.serverTime));
      const words = `Set this computer's clock: it says ${localTime(now)}, the help desk's server says ${theirs}. ${AGAIN}`;
      return { name: 'clock-wrong', words };
    }
    case 'goodbye':
      return end.why === 'unpaired' ? null : { name: end.why, words: GOODBYE[end.why] };
    case 'stopped':
      return null;
  }
}

const GOODBYE = {
  replaced: 'Another agent uses the pairing of this computer: end it, or pair this computer again.',
  stopping: `The help desk's server restarts. ${AGAIN}`,
  flood: `The help desk's server asks the agent to say less for a while. ${AGAIN}`,
} as const;
