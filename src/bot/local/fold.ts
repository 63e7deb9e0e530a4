import type { Message } from '../message.ts';
import type { Entry } from './entry.ts';

/** Something that stands on the page, where it first appeared; its content is the latest. */
export type Shown = { id: string; seq: number; at: string } & (
  | { kind: 'message'; message: Message; edited: number }
  | { kind: 'said'; text: string | null }
);

export interface Transcript {
  /** The last line of the log that is in here. */
  last: number;
  shown: readonly Shown[];
}

export const emptyTranscript: Transcript = { last: 0, shown: [] };

/** The transcript with one more line of the log. A line that is in it already changes nothing. */
export function fold(transcript: Transcript, entry: Entry): Transcript {
  if (entry.seq <= transcript.last) return transcript;
  return { last: entry.seq, shown: apply(transcript.shown, entry) };
}

function apply(shown: readonly Shown[], { seq, id, at, body }: Entry): readonly Shown[] {
  switch (body.kind) {
    case 'post':
      return [...shown, { kind: 'message', id, seq, at, message: body.message, edited: 0 }];
    case 'said':
      return [...shown, { kind: 'said', id, seq, at, text: body.text }];
    case 'edit':
      return shown.map((one) =>
        one.kind === 'message' && one.id === body.target
          ? { ...one, message: body.message, edited: seq }
          : one,
      );
    case 'delete':
      return shown.filter((one) => one.id !== body.target);
  }
}
