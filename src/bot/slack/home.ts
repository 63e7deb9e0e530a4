import type { types } from '@slack/bolt';
import type { Message } from '../message.ts';
import { blocksOf } from './blocks.ts';
import { limits } from './limits.ts';
import { mrkdwnTexts } from './mrkdwn.ts';

export interface HomeView {
  type: 'home';
  blocks: types.KnownBlock[];
}

/**
 * The App Home: messages one below the other, as far as they fit into one view; what does not fit is said so.
 * Pictures are in the conversation; here their words do.
 */
export function homeView(messages: readonly Message[]): HomeView {
  const blocks: types.KnownBlock[] = [];
  for (const message of messages) {
    const more = unnamed(blocksOf(message, null));
    const divided = blocks.length === 0 ? more : [{ type: 'divider' as const }, ...more];
    if (blocks.length + divided.length > limits.blocksInView - 1) {
      blocks.push(
        ...sectionsOf('There is more than fits here. Write `desk` or `status` in a direct message.'),
      );
      break;
    }
    blocks.push(...divided);
  }
  return {
    type: 'home',
    blocks:
      blocks.length > 0
        ? blocks
        : sectionsOf('Nothing is going on here yet. Write `start` in a direct message.'),
  };
}

/** Fields to fill in are for messages; ids of blocks may occur only once in a view. */
function unnamed(blocks: types.KnownBlock[]): types.KnownBlock[] {
  return blocks.filter((block) => block.block_id === undefined);
}

const sectionsOf = (markdown: string): types.SectionBlock[] =>
  mrkdwnTexts(markdown, limits.section).map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } }));
