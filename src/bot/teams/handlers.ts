import type { Incoming, Receive, Said } from '../incoming.ts';
import { type Activity, placeOf, tenantOf } from './activity.ts';
import type { ConnectorFor } from './connector.ts';
import { incomingOf, isOpening, pressOf, submitOf, textOf } from './inbound.ts';
import { OpenPress } from './open-press.ts';
import { conversationKey, referenceOf } from './reference.ts';
import type { Handlers, PressAnswer } from './sdk/adapter.ts';

export interface HandlerParts {
  receive: Receive;
  connectorFor: ConnectorFor;
  clock: () => number;
  warn: (error: unknown, what: string) => void;
}

const pressAgain = 'That could not be saved just now. Press the button again in a moment.';
const sayAgain = 'That could not be saved just now. Please send it again in a moment.';
const elsewhere = 'I have answered in our own chat, where only you can see it.';
const noOwnChat = 'Open a chat with me and write there: what we talk about is for you alone.';

/** From what the SDK routed to what the bot receives. */
export function handlersFor(parts: HandlerParts): Handlers {
  const { receive, clock, warn } = parts;
  const now = () => new Date(clock());

  async function say(activity: Activity, text: string): Promise<void> {
    try {
      const connector = await parts.connectorFor(activity.serviceUrl);
      await connector.post(activity.conversation.id, { type: 'message', text, textFormat: 'plain' });
    } catch (error) {
      warn(error, 'a short answer was not delivered');
    }
  }

  async function take(activity: Activity, said: Said): Promise<void> {
    const incoming = incomingOf(activity, said, now());
    if (!incoming) return;
    try {
      await receive(incoming);
    } catch (error) {
      if (said.kind === 'text' || said.kind === 'press') await say(activity, sayAgain);
      throw error;
    }
  }

  /** What somebody says in a group or a channel is answered in their own chat: a journey is nobody else's business. */
  async function takeInOwnChat(activity: Activity, said: Said): Promise<void> {
    const incoming = incomingOf(activity, said, now());
    if (!incoming) return;
    const own = await ownChat(activity, incoming);
    if (!own) return say(activity, noOwnChat);
    if ((await receive(own)) === 'received') await say(activity, elsewhere);
  }

  async function ownChat(activity: Activity, incoming: Incoming): Promise<Incoming | null> {
    const reference = referenceOf(activity, incoming.from.tenant);
    try {
      const connector = await parts.connectorFor(activity.serviceUrl);
      const conversation = await connector.ownChat({
        user: activity.from.id,
        tenant: reference.tenant,
        bot: reference.bot,
      });
      const own = { ...reference, conversation, place: 'personal' as const };
      return { ...incoming, conversation: { key: conversationKey(own), reference: own } };
    } catch (error) {
      warn(error, 'a person could not be reached in their own chat');
      return null;
    }
  }

  /** Only the person's own chat is the place of their journey. */
  const personal = (activity: Activity, said: Said) =>
    placeOf(activity) === 'personal' ? take(activity, said) : Promise.resolve();

  return {
    async message(activity) {
      const press = submitOf(activity);
      if (press) return take(activity, press);
      const said = textOf(activity);
      if (said.kind === 'text' && said.text === '' && said.files === 0) return;
      await (placeOf(activity) === 'personal' ? take(activity, said) : takeInOwnChat(activity, said));
    },
    edited: (activity) => personal(activity, { kind: 'edited' }),
    deleted: (activity) => personal(activity, { kind: 'deleted' }),
    reacted: (activity) => personal(activity, { kind: 'reacted' }),
    membersAdded: (activity) =>
      isOpening(activity) ? take(activity, { kind: 'opened' }) : Promise.resolve(),
    async press(activity): Promise<PressAnswer> {
      const said = pressOf(activity.value);
      const incoming = said && incomingOf(activity, said, now());
      if (!incoming || tenantOf(activity) === null) return { error: 'This button is not one of mine.' };
      const open = new OpenPress(activity.replyToId ?? '');
      try {
        if ((await receive({ ...incoming, hint: open })) === 'duplicate') open.answer(null);
      } catch (error) {
        open.answer(null);
        warn(error, 'a press was not saved');
        return { error: pressAgain };
      }
      const card = await open.card();
      return card ? { card } : 'noted';
    },
  };
}
