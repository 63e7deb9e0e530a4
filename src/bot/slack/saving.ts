import type { Receive } from '../incoming.ts';
import { NotSaved } from './gate.ts';
import { type Draft, withProfile } from './incoming.ts';
import type { Log } from './parts.ts';
import type { People } from './people.ts';

/**
 * Saves an event within the time that Slack leaves for it.
 * @param late what becomes of it after that time: an event that Slack delivers again may be saved all the same; what
 * the person is asked to repeat must not be, or it would count twice
 * @throws {NotSaved}
 */
export type Save = (draft: Draft, late: 'may-be-saved' | 'is-given-up') => Promise<void>;

export function saver(parts: { receive: Receive; people: People; log: Log; saveWithin: number }): Save {
  return async (draft, after) => {
    const given = new AbortController();
    const late = given.signal;
    const timer = setTimeout(() => given.abort(new Error('its time was up')), parts.saveWithin);
    const saving = parts.people.profile(draft.from.id).then((profile) => {
      const incoming = withProfile(draft, profile);
      return parts.receive(after === 'is-given-up' ? { ...incoming, givenUp: late } : incoming);
    });
    try {
      await Promise.race([saving, timeout(late)]);
    } catch (cause) {
      if (late.aborted)
        saving.catch((error: unknown) =>
          parts.log.error({ err: error, event: draft.id }, 'A Slack event failed after its time was up.'),
        );
      throw new NotSaved('The event could not be saved.', { cause });
    } finally {
      clearTimeout(timer);
    }
  };
}

function timeout(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
