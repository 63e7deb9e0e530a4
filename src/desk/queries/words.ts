import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import { titleOf } from './describe.ts';

const detail = z.looseObject({
  answer: z.string().optional(),
  problem: z.string().optional(),
  name: z.string().optional(),
  fact: z.string().optional(),
  verdict: z.string().optional(),
  action: z.string().optional(),
  code: z.string().optional(),
  told: z.array(z.string()).default([]),
  proof: z.string().nullable().optional(),
});

/** What happened, in words for staff. */
export function inWords(
  flow: Flow,
  row: { type: string; step: string; toStep: string; detail: unknown },
): string {
  const d = detail.catch({ told: [] }).parse(row.detail);
  const said = phrase(flow, row.type, row.step, d);
  const proof =
    d.proof === 'computer' ? ', proven by the computer' : d.proof === 'word' ? ', on their word' : '';
  const moved = row.toStep !== row.step ? ` → ${titleOf(flow, row.toStep)}` : '';
  const told = d.told.includes('help-desk-told') ? '; the help desk was told' : '';
  return `${said}${proof}${moved}${told}`;
}

function phrase(flow: Flow, type: string, stepId: string, d: z.output<typeof detail>): string {
  const title = titleOf(flow, stepId);
  switch (type) {
    case 'start':
      return 'Began';
    case 'done':
      return `Finished "${title}"`;
    case 'answer':
      return `Answered "${flow.byId.get(stepId)?.answers.find((a) => a.id === d.answer)?.label ?? d.answer}"`;
    case 'signed-on':
      return 'Gave the date of the signature';
    case 'back':
      return 'Went back';
    case 'stuck':
      return `Pressed "I'm stuck" at "${title}"`;
    case 'problem':
      return `Looked at "${flow.problemById.get(d.problem ?? '')?.symptom ?? d.problem}"`;
    case 'solved':
      return 'Says it is solved';
    case 'still-stuck':
      return 'Still stuck';
    case 'human':
      return 'Asked for a person';
    case 'pause':
      return 'Paused';
    case 'resume':
      return 'Went on';
    case 'snooze':
      return 'Asked to be reminded tomorrow';
    case 'heard':
      return 'Wrote';
    case 'timer':
      return d.told.includes('nudge') ? 'Was reminded' : 'Time passed';
    case 'claim':
      return `${d.name ?? 'Somebody'} claimed it`;
    case 'resolve':
      return `${d.name ?? 'Somebody'} resolved it`;
    default:
      return ofComputer(type, d) ?? type;
  }
}

const facts: Readonly<Record<string, string>> = {
  windows: 'it runs Windows',
  'opensc-installed': 'OpenSC is installed',
  restarted: 'it was restarted',
  'token-absent': 'no token is in',
  'token-present': 'a token is in',
  certificate: 'the right certificate is on the token',
};

function ofComputer(type: string, d: z.output<typeof detail>): string | null {
  const fact = facts[d.fact ?? ''] ?? d.fact ?? '';
  switch (type) {
    case 'paired':
      return `Paired the computer ${d.name ?? ''}`.trim();
    case 'unpaired':
      return 'The computer is no longer paired';
    case 'check':
      return 'Asked the computer to look';
    case 'let-computer':
      return `Let the computer do it (${d.action ?? ''})`;
    case 'proven':
      return `The computer shows: ${fact}`;
    case 'disproven':
      return `The computer does not show yet that ${fact} (${d.verdict ?? ''})`;
    case 'action-failed':
      return `The computer did not do it (${d.action ?? ''}: ${d.code ?? ''})`;
    case 'computer-silent':
      return 'The computer has not come back';
    default:
      return null;
  }
}
