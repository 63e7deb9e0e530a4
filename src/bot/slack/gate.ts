import type { App, ReceiverEvent } from '@slack/bolt';
import { type Inbound, readBody } from './body.ts';

/** An event could not be saved (in time): Slack must deliver it again. */
export class NotSaved extends Error {
  override name = 'NotSaved';
  readonly code = 'not-saved';
}

/** A body that Slack would not send. */
export class Malformed extends Error {
  override name = 'Malformed';
  readonly code = 'malformed';
}

/** Whether Slack's workspace, as the body names it, is the one this bot is installed in. */
export type IsOurs = (team: string) => boolean;

/** What was understood of the bodies that Bolt has in hand; Bolt passes on the very object it was given. */
const understood = new WeakMap<object, Inbound>();

export function inboundOf(body: object): Inbound {
  return understood.get(body) ?? { kind: 'other' };
}

/**
 * Stands between a receiver and Bolt, which acknowledges an event before its listeners have done anything. Here the
 * acknowledgement is held back until they have: persisted first, acknowledged then, and not at all when they threw.
 * Bolt is given only what `readBody` understood.
 */
export function gated(app: App, isOurs: IsOurs): App {
  const processEvent = async (event: ReceiverEvent): Promise<void> => {
    const inbound = readBody(event.body);
    if (inbound === null) throw new Malformed('The body is none that Slack sends.');
    if (inbound.kind === 'other' || !isOurs(teamOf(inbound))) return event.ack();
    understood.set(inbound.body, inbound);
    let answer: Parameters<ReceiverEvent['ack']>[0];
    await app.processEvent({
      ...event,
      body: inbound.body,
      ack: async (response) => {
        answer ??= response;
      },
    });
    await event.ack(answer);
  };
  return Object.create(app, { processEvent: { value: processEvent } });
}

function teamOf(inbound: Exclude<Inbound, { kind: 'other' }>): string {
  return inbound.kind === 'event' || inbound.kind === 'command' ? inbound.body.team_id : inbound.body.team.id;
}

/** What to answer over HTTP to what was not acknowledged; Slack repeats an event after anything but 2xx. */
export function statusOf(error: unknown): number {
  return error instanceof Malformed ? 400 : 503;
}
