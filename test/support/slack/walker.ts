import { type Action, decodeAction } from '../../../src/bot/action.ts';
import type { Flow } from '../../../src/flows/compiled.ts';
import type { Block } from './block-rules.ts';
import type { SlackMessage } from './model.ts';
import type { People } from './people.ts';
import type { SlackServer } from './server.ts';

export interface Choice {
  label: string;
  action: Action;
}

/** What can be pressed in a message. */
export function choicesOf(message: SlackMessage): Choice[] {
  const choice = (label: string, id: string | undefined): Choice[] => {
    const action = decodeAction(id ?? '');
    return action ? [{ label, action }] : [];
  };
  return (message.blocks ?? []).flatMap((block) =>
    block.type !== 'actions'
      ? []
      : block.elements.flatMap((element) => {
          if (element.type === 'button') return choice(element.text.text, element.action_id);
          if (element.type === 'overflow')
            return element.options.flatMap((o) => choice(o.text.text, o.value));
          return [];
        }),
  );
}

export function titleOf(message: SlackMessage): string {
  return (message.blocks ?? []).flatMap((b) => (b.type === 'header' ? [b.text.text] : []))[0] ?? '';
}

const hasDate = (block: Block) =>
  block.type === 'actions' && block.elements.some((e) => e.type === 'datepicker');

/** An employee in Slack, who sees the card and presses what leads on. */
export class Walker {
  readonly slack: SlackServer;
  readonly people: People;
  readonly user: string;

  constructor(slack: SlackServer, people: People, user: string) {
    this.slack = slack;
    this.people = people;
    this.user = user;
  }

  /** The latest message with something to press; waits until there is one that fits. */
  async card(fits: (card: SlackMessage) => boolean = () => true): Promise<SlackMessage> {
    const { messages } = this.slack.model.direct(this.user);
    for (let n = 0; n < 500; n++) {
      const card = messages.findLast((m) => choicesOf(m).length > 0);
      if (card && fits(card)) return structuredClone(card);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`no such card; the last: ${JSON.stringify(messages.at(-1))}`);
  }

  async press(label: string, options: Parameters<People['press']>[2] = {}) {
    return this.people.press(this.user, label, options);
  }

  /** Presses a button by its verb; the card is another one afterwards. */
  async choose(verb: string, arg?: string): Promise<SlackMessage> {
    const card = await this.card();
    const found = choicesOf(card).find(
      (c) => c.action.verb === verb && (arg === undefined || c.action.arg === arg),
    );
    if (!found) throw new Error(`no ${verb} on "${titleOf(card)}"`);
    await this.press(found.label);
    return this.changed(card);
  }

  changed(from: SlackMessage): Promise<SlackMessage> {
    const before = JSON.stringify(from.blocks);
    return this.card((card) => card.ts !== from.ts || JSON.stringify(card.blocks) !== before);
  }

  /** Presses onward to the end, or until the card says so. @returns the titles that were seen */
  async walk(flow: Flow, until: (title: string) => boolean = () => false): Promise<string[]> {
    const titles: string[] = [];
    for (let n = 0; n < 80; n++) {
      const card = await this.card();
      titles.push(titleOf(card));
      if (titleOf(card) === flow.end.title || until(titleOf(card))) return titles;
      await this.#onward(flow, card);
      await this.changed(card);
    }
    throw new Error(`the journey has no end: ${titles.join(' → ')}`);
  }

  async #onward(flow: Flow, card: SlackMessage): Promise<void> {
    const choices = choicesOf(card);
    const start = choices.find((c) => c.action.verb === 'start');
    if (start) return void (await this.press(start.label));
    const dated = choices.find((c) => c.action.verb === 'signed-on');
    if (dated && card.blocks?.some(hasDate)) {
      const values = { 'ask-date': { date: { type: 'datepicker', selected_date: '2026-11-20' } } };
      return void (await this.press('Use this date', { values }));
    }
    const stepId = choices.find((c) => c.action.step)?.action.step ?? '';
    const onward = flow.byId.get(stepId)?.answers.filter((a) => !a.problem && !a.wait) ?? [];
    const answer = choices.find((c) => onward.some((a) => c.action.arg === a.id));
    const next = answer ?? choices.find((c) => c.action.verb === 'done');
    if (!next)
      throw new Error(`no way on from "${titleOf(card)}": ${choices.map((c) => c.label).join(', ')}`);
    await this.press(next.label);
  }
}
