import type { Action } from '../action.ts';
import type { Button } from '../message.ts';

/** A button for the card of this journey, step and revision. */
export type Maker = (verb: string, label: string, style?: Button['style'], arg?: string) => Button;

export function makerFor(place: { journey: string; step: string; revision: number }): Maker {
  return (verb, label, style = 'plain', arg) => ({
    action: {
      verb,
      about: place.journey,
      step: place.step,
      revision: place.revision,
      ...(arg !== undefined && { arg }),
    },
    label,
    style,
  });
}

/** A button that says a word, good at any time. */
export function wordButton(word: string, label: string, style: Button['style'] = 'plain'): Button {
  const action: Action = { verb: 'word', arg: word };
  return { action, label, style };
}
