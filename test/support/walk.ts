import type { Action } from '../../src/bot/action.ts';
import type { Message } from '../../src/bot/message.ts';
import type { Flow } from '../../src/flows/compiled.ts';
import type { ChatClient } from './chat-client.ts';

export function button(card: Message, verb: string, arg?: string): Action {
  const all = [...card.buttons, ...(card.choices?.options ?? [])];
  const found = all.find((b) => b.action.verb === verb && (arg === undefined || b.action.arg === arg));
  if (!found)
    throw new Error(`no ${verb} ${arg ?? ''} on "${card.title}": ${all.map((b) => b.label).join(', ')}`);
  return found.action;
}

/** What a person to whom nothing happens presses next: the answer that leads on, or Done. */
export function onward(flow: Flow, card: Message): { action: Action; value?: string } {
  if (card.buttons.some((b) => b.action.verb === 'start')) return { action: button(card, 'start') };
  if (card.input?.kind === 'date') return { action: card.input.action, value: '2026-11-20' };
  const stepId =
    [...card.buttons, ...(card.choices?.options ?? [])].find((b) => b.action.step)?.action.step ?? '';
  const answer = flow.byId
    .get(stepId)
    ?.answers.find((a) => !a.problem && !a.wait && card.choices?.options.some((o) => o.action.arg === a.id));
  return { action: answer ? button(card, 'answer', answer.id) : button(card, 'done') };
}

/** Presses onward until the card's title says so, or the journey is done. Gives the titles seen. */
export async function walk(
  flow: Flow,
  chat: ChatClient,
  until: (card: Message) => boolean = () => false,
): Promise<string[]> {
  const titles: string[] = [];
  for (let i = 0; i < 60; i++) {
    const card = await chat.card();
    titles.push(card.title ?? '');
    if (card.tone === 'success' || until(card)) return titles;
    const { action, value } = onward(flow, card);
    await chat.press(action, value);
    await chat.card((next) => JSON.stringify(next) !== JSON.stringify(card));
  }
  throw new Error(`the journey has no end: ${titles.join(' → ')}`);
}
