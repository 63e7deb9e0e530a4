import { type Action, encodeAction } from '../../src/bot/action.ts';
import type { Message } from '../../src/bot/message.ts';
import { type Measure, quantile } from '../report.ts';
import { onEach } from '../support/databases.ts';
import { nodeMain, startService } from '../support/service.ts';
import { LiveChat } from './live-chat.ts';

const warmUp = 50;
const presses = 400;

/** From the press of a button to the answer on the live stream that the page listens to, one press after the other. */
export const measure: Measure = async (say) => {
  const measured = await onEach(async (kind, env) => {
    const service = await startService(nodeMain, env);
    try {
      const times = await pressAgainAndAgain(service.url);
      say(`${kind}: ${times.length} presses`);
      return { kind, times };
    } finally {
      await service.stop();
    }
  });
  return {
    rows: measured.flatMap(({ kind, times }) => [
      { name: `press → reply, ${kind}, median`, ours: quantile(times, 0.5), unit: 'ms' },
      { name: `press → reply, ${kind}, p99`, ours: quantile(times, 0.99), unit: 'ms' },
    ]),
    raw: measured,
  };
};

async function pressAgainAndAgain(url: string): Promise<number[]> {
  const chat = await LiveChat.open(url, 'bench');
  try {
    const welcome = await chat.card();
    await chat.post('press', { action: encodeAction(actionOf(welcome, 'start')) });
    let card = await chat.card((m) => m.progress !== undefined);
    const times: number[] = [];
    for (let i = 0; i < warmUp + presses; i++) {
      // "I'm stuck" and back to the step, in turn: each turns the card over.
      const verb = card.buttons.some((b) => b.action.verb === 'to-step') ? 'to-step' : 'stuck';
      const before = revisionOf(card);
      const action = encodeAction(actionOf(card, verb));
      const began = performance.now();
      const [next] = await Promise.all([
        chat.card((m) => revisionOf(m) > before).then((m) => ({ m, at: performance.now() })),
        chat.post('press', { action }),
      ]);
      card = next.m;
      if (i >= warmUp) times.push(next.at - began);
    }
    return times;
  } finally {
    chat.close();
  }
}

function actionOf(card: Message, verb: string): Action {
  const found = card.buttons.find((b) => b.action.verb === verb);
  if (!found) throw new Error(`no ${verb} on "${card.title}"`);
  return found.action;
}

const revisionOf = (card: Message): number => Math.max(0, ...card.buttons.map((b) => b.action.revision ?? 0));
