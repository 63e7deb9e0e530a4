import type { Incoming, Receive, Said } from '../incoming.ts';
import { type Activity, placeOf } from './activity.ts';
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
/** Remembered so that a press costs no request more; beyond that they are asked for again. */
const mostOwnChats = 10_000;
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

  const ownChats = new Map<string, string>();

  async function ownChat(activity: Activity, incoming: Incoming): Promise<Incoming | null> {
    const reference = referenceOf(activity, incoming.from.tenant);
    const who = `${reference.tenant}/${activity.from.id}`;
    try {
      const connector = await parts.connectorFor(activity.serviceUrl);
      const user = { user: activity.from.id, tenant: reference.tenant, bot: reference.bot };
      const conversation = ownChats.get(who) ?? (await connector.ownChat(user));
      if (ownChats.size >= mostOwnChats) ownChats.clear();
      ownChats.set(who, conversation);
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
      if (press)
        return placeOf(activity) === 'personal' ? take(activity, press) : takeInOwnChat(activity, press);
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
      const pressed = said && incomingOf(activity, said, now());
      if (!pressed) return { error: 'This button is not one of mine.' };
      // A press on a staff post is answered in the presser's own chat; the post itself changes through the outbox.
      const incoming = placeOf(activity) === 'personal' ? pressed : await ownChat(activity, pressed);
      if (!incoming) return { error: noOwnChat };
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
