import type { Effect } from '../../flows/effect.ts';
import { agentAction } from '../../flows/flow.ts';
import type { EscalationChange, OutboxEntry, TaskEntry } from '../../store/journal.ts';
import type { Message } from '../message.ts';
import { inSight, type Screen } from '../screen.ts';
import { cardOf, collapsed, lineOf, type Scene } from '../speech/card.ts';
import { sentence } from '../speech/tells.ts';
import { staffPost, staffPostId } from './staff-post.ts';

/** What an event makes the bot say, as rows of the outbox, and what is on the screen then. */
export interface Composed {
  outbox: OutboxEntry[];
  screen: Screen;
  escalations: EscalationChange[];
  tasks: TaskEntry[];
}

export interface Stage {
  scene: Scene;
  screen: Screen;
  /** The employee's conversation, and those of the help desk. */
  conversation: string;
  staff: readonly string[];
  person: string;
  newId: () => string;
}

export function compose(stage: Stage, effects: readonly Effect[], replies: readonly Message[]): Composed {
  const { scene } = stage;
  const told = effects.flatMap((e) => (e.type === 'tell' ? [sentence(e.what, scene.house)] : []));
  const shown = effects.filter((e) => e.type === 'show').at(-1);
  const said = [...replies];
  // With a card to come, what is told goes on the card; alone it is a message of its own.
  if (!shown && told.length > 0)
    said.push({
      summary: plain(told.join(' ')),
      tone: 'info',
      body: told.join('\n\n'),
      fields: [],
      buttons: [],
    });
  const outbox = said.map((message) => post(stage, message));
  const touched: Screen = said.length > 0 ? { ...stage.screen, touched: true } : stage.screen;
  const carded = shown
    ? showCard({ ...stage, screen: touched }, shown, told)
    : { outbox: [], screen: touched };
  const desk = effects.flatMap((effect) => deskRows(stage, effect));
  return {
    outbox: [...outbox, ...carded.outbox, ...desk.flatMap((row) => row.outbox)],
    screen: carded.screen,
    escalations: desk.map((row) => row.change),
    tasks: effects.flatMap((effect) => (effect.type === 'ask-agent' ? [taskOf(stage, effect)] : [])),
  };
}

/** How long (ms) a computer has: a look is of the moment, a change also waits for somebody to say yes there. */
const patience = { look: 2 * 60_000, change: 30 * 60_000 } as const;

function taskOf({ scene, newId }: Stage, effect: Extract<Effect, { type: 'ask-agent' }>): TaskEntry {
  const { device: deviceId, task: action, asked } = effect;
  const change = agentAction.safeParse(action).success;
  const parameters = action === 'opensc.install' ? { version: scene.house.openscVersion } : {};
  const expiresAt = new Date(scene.at + (change ? patience.change : patience.look));
  return { id: newId(), deviceId, action, parameters, step: scene.state.step, asked, expiresAt };
}

function post(stage: Stage, message: Message): OutboxEntry {
  return { id: stage.newId(), conversationId: stage.conversation, op: 'post', targetId: null, message };
}

function plain(markdown: string): string {
  return markdown.replaceAll('**', '');
}

/** Edits the card in place while it is in sight; else posts it anew, and the old one becomes a line. */
function showCard(
  stage: Stage,
  shown: Extract<Effect, { type: 'show' }>,
  told: readonly string[],
): Pick<Composed, 'outbox' | 'screen'> {
  const { scene, screen } = stage;
  const finished = shown.finished === undefined ? undefined : lineOf(scene, shown.finished);
  const card = withTold(cardOf(scene), told);
  const message: Message = finished === undefined ? card : { ...card, finished };
  const line = lineFor(scene);
  const old = screen.card;
  if (old && shown.how === 'here' && inSight(screen, scene.at)) {
    const edit: OutboxEntry = {
      id: stage.newId(),
      conversationId: stage.conversation,
      op: 'edit',
      targetId: old.id,
      message,
    };
    return { outbox: [edit], screen: { card: { id: old.id, line, at: scene.at }, touched: false } };
  }
  const anew = post(stage, message);
  const closing: OutboxEntry[] = old
    ? [
        {
          id: stage.newId(),
          conversationId: stage.conversation,
          op: 'edit',
          targetId: old.id,
          message: collapsed(old.line),
        },
      ]
    : [];
  return {
    outbox: [...closing, anew],
    screen: { card: { id: anew.id, line, at: scene.at }, touched: false },
  };
}

/** What is left of this card once it is over. */
function lineFor(scene: Scene): string {
  if (scene.state.status === 'new') return 'Welcome';
  return scene.state.status === 'done' ? 'All done' : lineOf(scene, scene.state.step);
}

function withTold(card: Message, told: readonly string[]): Message {
  if (told.length === 0) return card;
  const body = [...told, card.body].filter((part) => part !== undefined && part !== '').join('\n\n');
  return { ...card, summary: `${plain(told.join(' '))} ${card.summary}`, body };
}

function deskRows(stage: Stage, effect: Effect): { change: EscalationChange; outbox: OutboxEntry[] }[] {
  if (effect.type !== 'escalate' && effect.type !== 'claimed' && effect.type !== 'resolved') return [];
  const { escalation } = effect;
  const { flow, journey, state } = stage.scene;
  const now = effect.type === 'escalate' ? ({ kind: 'open' } as const) : { kind: effect.type, by: effect.by };
  const message = staffPost({ flow, journey, state, escalation, person: stage.person, now });
  const outbox = stage.staff.map((conversationId): OutboxEntry => {
    const id = staffPostId(escalation.id, conversationId);
    return effect.type === 'escalate'
      ? { id, conversationId, op: 'post', targetId: null, message }
      : { id: stage.newId(), conversationId, op: 'edit', targetId: id, message };
  });
  return [{ change: changeOf(effect, state.step, outbox), outbox }];
}

function changeOf(
  effect: Extract<Effect, { type: 'escalate' | 'claimed' | 'resolved' }>,
  step: string,
  outbox: readonly OutboxEntry[],
): EscalationChange {
  const { escalation: e } = effect;
  if (effect.type === 'escalate') {
    const posts = outbox.map((row) => row.id);
    return {
      op: 'open',
      id: e.id,
      reason: e.reason,
      step: e.step ?? step,
      priority: e.priority,
      openedBy: effect.by,
      tried: e.tried,
      posts,
    };
  }
  const by = effect.by === 'employee' ? { id: 'employee', name: 'the employee' } : effect.by;
  return { op: effect.type === 'claimed' ? 'claim' : 'resolve', id: e.id, by: by.id, name: by.name };
}
