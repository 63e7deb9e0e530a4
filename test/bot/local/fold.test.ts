import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry, EntryBody } from '../../../src/bot/local/entry.ts';
import { emptyTranscript, fold } from '../../../src/bot/local/fold.ts';
import { messageOf } from './support/rig.ts';

const at = '2026-03-02T15:00:00.000Z';
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const line = (seq: number, body: EntryBody): Entry => ({ seq, id: id(seq), at, body });
const post = (seq: number, title: string) => line(seq, { kind: 'post', message: messageOf({ title }) });

const titles = (entries: Entry[]) =>
  entries
    .reduce(fold, emptyTranscript)
    .shown.map((one) => (one.kind === 'message' ? one.message.title : one.text));

describe('the transcript of a log', () => {
  it('shows an edited message where it first stood', () => {
    const edit = line(3, { kind: 'edit', target: id(1), message: messageOf({ title: 'one, better' }) });
    expect(titles([post(1, 'one'), post(2, 'two'), edit])).toEqual(['one, better', 'two']);
  });

  it('shows a deleted message no more, and the employee’s own words among the others', () => {
    const said = line(2, { kind: 'said', text: 'hello' });
    const gone = line(4, { kind: 'delete', target: id(1) });
    expect(titles([post(1, 'one'), said, post(3, 'three'), gone])).toEqual(['hello', 'three']);
  });

  it('ignores an edit of what is not there', () => {
    const edit = line(2, { kind: 'edit', target: id(9), message: messageOf({ title: 'nobody' }) });
    expect(titles([post(1, 'one'), edit])).toEqual(['one']);
  });

  it('is the same however often and wherever the log was cut and sent again', () => {
    const body = fc.oneof(
      fc.nat(20).map((n): EntryBody => ({ kind: 'post', message: messageOf({ title: `post ${n}` }) })),
      fc.nat(20).map((n): EntryBody => ({ kind: 'said', text: `said ${n}` })),
      fc
        .nat(20)
        .map((n): EntryBody => ({ kind: 'edit', target: id(n), message: messageOf({ title: 'edit' }) })),
      fc.nat(20).map((n): EntryBody => ({ kind: 'delete', target: id(n) })),
    );
    fc.assert(
      fc.property(fc.array(body, { maxLength: 20 }), fc.nat(20), fc.nat(20), (bodies, cut, back) => {
        const log = bodies.map((one, i) => line(i + 1, one));
        const resent = [...log.slice(0, cut), ...log.slice(Math.max(0, cut - back))];
        expect(resent.reduce(fold, emptyTranscript)).toEqual(log.reduce(fold, emptyTranscript));
      }),
    );
  });
});
