import type { types } from '@slack/bolt';
import type { Message } from '../message.ts';
import { blocksOf, type Shown } from './blocks.ts';
import { limits } from './limits.ts';
import { clean, clip, escapeMrkdwn } from './text.ts';

/** One Slack message. `text` is what notifications and screen readers say. */
export interface Rendered {
  text: string;
  blocks: types.KnownBlock[];
}

/**
 * A neutral message as one Slack message, or as several where Slack would refuse one so long; the buttons are in the
 * last. @param shown where its picture is; null: the picture is told in words
 */
export function render(message: Message, shown: Shown): Rendered[] {
  const text =
    clip(escapeMrkdwn(clean(message.summary)), limits.notification)
      .replace(/&[a-z]*…$/, '…')
      .trim() || '…';
  return distribute(blocksOf(message, shown), limits.blocksInMessage).map((blocks) => ({ text, blocks }));
}

/** Blocks in as few messages as their number and length allow. */
function distribute(blocks: types.KnownBlock[], most: number): types.KnownBlock[][] {
  const parts: types.KnownBlock[][] = [[]];
  let length = 2;
  for (const block of blocks) {
    const size = JSON.stringify(block).length + 1;
    const part = parts.at(-1) ?? [];
    if (part.length > 0 && (part.length === most || length + size > limits.messageJson)) {
      parts.push([block]);
      length = 2 + size;
    } else {
      part.push(block);
      length += size;
    }
  }
  return parts;
}
