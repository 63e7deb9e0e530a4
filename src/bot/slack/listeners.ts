import type { App } from '@slack/bolt';
import { type EventParts, listenToEvents } from './events.ts';
import { inboundOf } from './gate.ts';
import { type InteractionParts, interactions } from './interactions.ts';

/**
 * What this bot listens to. The gate holds the acknowledgement back until a listener has ended: an event whose
 * listener throws is delivered again by Slack; a press, form or command is not, so its listener says so itself.
 */
export function listen(app: App, parts: EventParts & InteractionParts): void {
  const onEvent = listenToEvents(parts);
  const on = interactions(parts);
  app.event(/^/, async ({ body }) => {
    const inbound = inboundOf(body);
    if (inbound.kind === 'event') await onEvent(inbound.body);
  });
  app.action(/^/, async ({ body, ack }) => {
    const inbound = inboundOf(body);
    if (inbound.kind === 'press') await on.press(inbound.body);
    await ack();
  });
  app.view(/^/, async ({ body, ack }) => {
    const inbound = inboundOf(body);
    const refusal = inbound.kind === 'form' ? await on.form(inbound.body) : null;
    await (refusal === null ? ack() : ack(refusal));
  });
  app.command(/^/, async ({ body, ack }) => {
    const inbound = inboundOf(body);
    await ack(inbound.kind === 'command' ? await on.command(inbound.body) : undefined);
  });
}
