import type { Action } from '../action.ts';
import type { Button, Message } from '../message.ts';
import { wordButton } from '../speech/buttons.ts';
import { shownCode } from './code.ts';

/** One side of a link, as the other is shown it. */
export interface Side {
  provider: string;
  tenant: string;
  /** What the tenant's people call it; null: unknown. */
  tenantName: string | null;
  /** As the channel tells it, which is as the person or their organisation has written it. */
  name: string | null;
}

/** "Slack, workspace Example Corp", or its id: what tells two places of one channel apart is the tenant. */
export function placeName({ provider, tenant, tenantName }: Omit<Side, 'name'>): string {
  const name = plain(tenantName) || tenant;
  if (provider === 'slack') return `Slack, workspace ${name}`;
  if (provider === 'teams') return `Microsoft Teams, organisation ${name}`;
  return 'the browser chat';
}

/** A name could hold Markdown, and so a link that looks like ours. */
export function safeName(name: string | null): string {
  return plain(name) || 'Somebody without a name';
}

function plain(name: string | null): string {
  return (name ?? '')
    .replaceAll(/[\p{C}[\]()<>*_~`|\\]/gu, '')
    .trim()
    .slice(0, 60);
}

function info(summary: string, more: Partial<Message> = {}): Message {
  return { summary, tone: 'info', body: summary, fields: [], buttons: [], ...more };
}

export function codeGiven(code: string, pending: boolean): Message {
  return info(`Type link ${shownCode(code)} to me in your other chat.`, {
    title: 'Go on in another chat',
    body: [
      `Open your other chat with me and type there:\n\n**link ${shownCode(code)}**`,
      'Or, if you have a code from there already, type **link** and that code here.',
      'Give it to nobody: whoever types it asks to share your journey. I will ask you before anything is linked.',
      ...(pending ? ['Your earlier code no longer counts.'] : []),
    ].join('\n\n'),
    note: 'Good for ten minutes, and once.',
  });
}

export const codeOver = (): Message => info('This code is over.');

export const wrongCode = (): Message =>
  info('I know no such code.', {
    body: 'I know no such code. Codes are good for ten minutes, and once: type **link** in your other chat for a new one.',
  });
export const tooManyWrong = (): Message =>
  info('That were too many wrong codes.', {
    body: 'That were too many wrong codes, so I look at none for ten minutes. Then type **link** in your other chat for a new one.',
  });
export const tooManyAsked = (): Message =>
  info('You have had several codes just now. Wait ten minutes, then type link again.');
export const ownCode = (): Message => info('Type this code in your other chat: here it was made.');
export const alreadyLinked = (): Message => info('These two chats are linked already.');
export const samePlace = (place: string): Message =>
  info(`Both are people of ${place}, so they cannot be one person. Nothing was linked.`);
export const over = (): Message =>
  info('That is over: nothing was linked.', {
    body: 'That is over: nothing was linked. Type **link** to try again.',
  });
export const notYours = (): Message => info('That is not yours to answer.');

function button(verb: string, about: string, label: string, style: Button['style'], arg?: string): Button {
  const action: Action = { verb, about, ...(arg !== undefined && { arg }) };
  return { action, label, style };
}

/** Consent: whom it would be linked to, in plain fields, and what that means. */
export function question(link: string, other: Side): Message {
  const place = placeName(other);
  const name = safeName(other.name);
  return info(`Link to ${name} in ${place}?`, {
    tone: 'warning',
    title: 'Link these two chats?',
    body: 'Say yes **only if that is you**, and you typed the code yourself just now. Both chats must say yes. From then on they share one journey, and I speak where you spoke last.',
    fields: [
      { label: 'Who', value: name },
      { label: 'Where', value: place },
    ],
    buttons: [button('link-yes', link, 'Yes, that is me', 'primary'), button('link-no', link, 'No', 'plain')],
    note: 'Without an answer within ten minutes nothing is linked.',
  });
}

export function waitingFor(link: string, other: Side): Message {
  const place = placeName(other);
  return info(`Now say yes in ${place} too.`, {
    body: `You said yes. **Now say yes in ${place} too.**`,
    buttons: [button('link-no', link, 'Stop', 'plain')],
  });
}

/** Both have begun: only the person knows which one counts. */
export function whichOne(
  link: string,
  choices: readonly { journey: string; line: string; where: string }[],
): Message {
  return info('Which one do you want to go on with?', {
    title: 'Which one do you want to go on with?',
    body: 'You have begun in both chats. The other one is closed; what the help desk was asked there counts as settled.',
    choices: {
      prompt: 'Go on with:',
      options: choices.map(({ journey, line, where }) =>
        button('link-keep', link, clip(`${line} (${where})`), 'plain', journey),
      ),
    },
    buttons: [button('link-no', link, 'Neither: do not link', 'plain')],
  });
}

const clip = (label: string): string => (label.length <= 75 ? label : `${label.slice(0, 74)}…`);

export const choosing = (other: Side): Message =>
  info(`Both said yes. Choose in ${placeName(other)} which journey goes on.`);

export function linked(other: Side): Message {
  return info(`Linked with ${safeName(other.name)} in ${placeName(other)}.`, {
    tone: 'success',
    body: `**Linked** with ${placeName(other)}. There is one journey now, and I speak where you spoke last. Type **unlink** to part them again.`,
    buttons: [wordButton('status', 'Where am I?')],
  });
}

export const refused = (other: Side | null): Message =>
  info(other === null ? 'Nothing was linked.' : `${placeName(other)} said no, so nothing was linked.`);
export const silent = (): Message => info('Nobody answered in time, so nothing was linked.');

export const nothingLinked = (): Message =>
  info('This chat is linked with no other.', {
    body: 'This chat is linked with no other. Type **link** to go on in another one.',
  });

export function partQuestion(others: readonly Side[]): Message {
  const places = others.map(placeName).join('; ');
  return info(`Part this chat from ${places}?`, {
    title: 'Part this chat?',
    body: 'Your journey goes on in the other chat. Here you would begin anew.',
    fields: [{ label: 'Linked with', value: places }],
    buttons: [
      { action: { verb: 'link-part' }, label: 'Part this chat', style: 'danger' },
      wordButton('status', 'Leave it as it is'),
    ],
  });
}

export const parted = (): Message =>
  info('This chat stands alone now. Your journey goes on in the other one.', {
    body: 'This chat stands alone now. Your journey goes on in the other one.',
    buttons: [wordButton('start', 'Start here')],
  });
