import { type Delivered, type Delivery, DeliveryError } from '../channel.ts';
import { fitCard } from './card/fit.ts';
import type { Rendering } from './card/render.ts';
import type { AdaptiveCard } from './card/schema.ts';
import type { Connector, ConnectorFor, OutgoingActivity } from './connector.ts';
import { deliveryError } from './faults.ts';
import { OpenPress } from './open-press.ts';
import { type MessageRef, messageRef, type Reference, reference } from './reference.ts';
import { ConnectorFault } from './transport.ts';

export interface DeliverParts {
  rendering: Rendering;
  connectorFor: ConnectorFor;
  /** A stored reference in the light of what is known now; null: nothing is known yet about where to speak. */
  current: (stored: Reference) => Reference | null;
}

/** A third of the usual size, for a message that Teams still found too large. */
const smallCard = 8 * 1024;

/** Posts, updates and deletes, each in one request that is sent once. */
export function deliverer(parts: DeliverParts): (delivery: Delivery) => Promise<Delivered> {
  return async (delivery) => {
    const place = placeOf(delivery, parts.current);
    try {
      const connector = await parts.connectorFor(place.serviceUrl);
      return { ref: await carryOut(connector, place, delivery, parts.rendering) };
    } catch (error) {
      throw deliveryError(error, delivery.op);
    }
  };
}

function placeOf({ conversation }: Delivery, current: DeliverParts['current']): Reference {
  const stored = reference.safeParse(conversation.reference);
  if (!stored.success)
    throw new DeliveryError('refused', 'The conversation has no Teams reference.', { cause: stored.error });
  const place = current(stored.data);
  if (!place) throw new DeliveryError('unavailable', 'Where Teams is to be reached is not known yet.');
  return place;
}

async function carryOut(
  connector: Connector,
  place: Reference,
  delivery: Delivery,
  rendering: Rendering,
): Promise<MessageRef> {
  if (delivery.op === 'delete') {
    const target = targetOf(delivery);
    await connector.remove(target.conversation, target.activity);
    return target;
  }
  const { card } = fitCard(delivery.message, rendering);
  answerPress(delivery, card);
  try {
    return await send(connector, place, delivery, card);
  } catch (error) {
    if (!(error instanceof ConnectorFault) || error.status !== 413) throw error;
    return send(connector, place, delivery, fitCard(delivery.message, rendering, smallCard).card);
  }
}

async function send(
  connector: Connector,
  place: Reference,
  delivery: Delivery,
  card: AdaptiveCard,
): Promise<MessageRef> {
  const activity = cardActivity(delivery.message.summary, card);
  if (delivery.op === 'edit') {
    const target = targetOf(delivery);
    await connector.update(target.conversation, target.activity, activity);
    return target;
  }
  if (place.place === 'channel')
    return connector.startThread(
      { channel: place.conversation, tenant: place.tenant, bot: place.bot },
      activity,
    );
  return { conversation: place.conversation, activity: await connector.post(place.conversation, activity) };
}

/** The card changes under the finger; the update that follows makes it so for good, and on every device. */
function answerPress({ op, hint, target }: Delivery, card: AdaptiveCard): void {
  if (!(hint instanceof OpenPress)) return;
  const edited = op === 'edit' && messageRef.safeParse(target).data?.activity === hint.target;
  hint.answer(edited ? card : null);
}

function targetOf({ target }: Delivery): MessageRef {
  const parsed = messageRef.safeParse(target);
  if (parsed.success) return parsed.data;
  throw new DeliveryError('target-gone', 'The message to change is not named.', { cause: parsed.error });
}

const longestSummary = 500;

export function cardActivity(summary: string, card: AdaptiveCard): OutgoingActivity {
  return {
    type: 'message',
    summary: summary.slice(0, longestSummary),
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
  };
}
