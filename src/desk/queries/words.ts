import { z } from 'zod';
import type { Flow } from '../../flows/compiled.ts';
import type { JourneyEvent } from '../../flows/event.ts';
import { type Evidence, evidence } from '../../flows/flow.ts';
import { titleOf } from './describe.ts';

const detail = z.looseObject({
  answer: z.string().optional(),
  problem: z.string().optional(),
  date: z.string().nullable().optional(),
  name: z.string().optional(),
  verdict: z.string().optional(),
  code: z.string().optional(),
  action: z.string().optional(),
  fact: z.string().optional(),
  status: z.string().optional(),
  provider: z.string().optional(),
  tenant: z.string().optional(),
  told: z.array(z.string()).default([]),
  proof: z.string().nullable().optional(),
});

type Detail = z.output<typeof detail>;

/** What happened, in words for staff. */
export function inWords(
  flow: Flow,
  row: { type: string; step: string; toStep: string; detail: unknown },
): string {
  const d = detail.catch({ told: [] }).parse(row.detail);
  const said = isKnown(row.type) ? phrases[row.type](d, flow, row.step) : row.type;
  const proof = proofs[d.proof ?? ''] ?? '';
  const moved = row.toStep !== row.step ? ` → ${titleOf(flow, row.toStep)}` : '';
  const told = d.told.includes('help-desk-told') ? '; the help desk was told' : '';
  return `${said}${proof}${moved}${ends[d.status ?? ''] ?? ''}${told}`;
}

/** On whose word a step counts as done. */
const proofs: Readonly<Record<string, string>> = {
  word: ', on their word',
  computer: ', proven by the computer',
};

const ends: Readonly<Record<string, string>> = { waiting: '; waits now', done: '; all steps are done' };

const isKnown = (type: string): type is JourneyEvent['type'] => Object.hasOwn(phrases, type);

type Phrase = (d: Detail, flow: Flow, step: string) => string;

/** Every event there is; the compiler misses the one that is forgotten. */
const phrases: Readonly<Record<JourneyEvent['type'], Phrase>> = {
  start: () => 'Began',
  'start-again': () => 'Began again from the first step',
  show: () => 'Looked where they are',
  done: (_d, flow, step) => `Finished "${titleOf(flow, step)}"`,
  answer: (d, flow, step) => {
    const found = flow.byId.get(step)?.answers.find((a) => a.id === d.answer);
    return `Answered "${found?.label ?? d.answer ?? '?'}"`;
  },
  'signed-on': (d) =>
    d.date === null ? 'Does not know the date of the signature' : 'Gave the date of the signature',
  back: () => 'Went back',
  stuck: (_d, flow, step) => `Pressed "I'm stuck" at "${titleOf(flow, step)}"`,
  problem: (d, flow) =>
    `Looked at "${flow.problemById.get(d.problem ?? '')?.symptom ?? d.problem ?? 'a problem'}"`,
  'to-step': () => 'Returned from the help to the step',
  solved: () => 'Says it is solved',
  'still-stuck': () => 'Still stuck',
  human: () => 'Asked for a person',
  pause: () => 'Paused',
  resume: () => 'Went on',
  snooze: () => 'Asked to be reminded tomorrow',
  heard: () => 'Wrote',
  timer: (d) => timerWords(d.told),
  'issues-changed': () => 'Moved, because a known issue was opened or closed',
  'flow-changed': () => 'Moved, because the procedure was changed',
  claim: (d) => `${d.name ?? 'Somebody'} claimed it`,
  resolve: (d) => `${d.name ?? 'Somebody'} resolved it`,
  proven: (d) => `The computer found ${factOf(d)}`,
  disproven: (d) => `The computer did not find ${factOf(d)}${because(d.verdict)}`,
  'action-failed': (d) => `The computer did not ${actions[d.action ?? ''] ?? 'do it'}${because(d.code)}`,
  check: () => 'Asked the computer to look',
  'let-computer': (d) => `Asked the computer to ${actions[d.action ?? ''] ?? 'do it'}`,
  paired: (d) => `Paired the computer ${d.name ?? ''}`,
  unpaired: () => 'The computer is no longer paired',
  linked: (d) => `Goes on here from ${placeName(d)} too`,
  merged: () => 'Went on with the journey of another chat',
  unlinked: (d) => `Parted ${placeName(d)} from this`,
  'computer-silent': () => 'The computer has not come back',
};

const actions: Readonly<Record<string, string>> = {
  'system.inspect': 'tell which system it runs',
  'opensc.inspect': 'look for OpenSC',
  'token.inspect': 'look at the token',
  'opensc.install': 'install OpenSC',
  'system.restart': 'restart',
};

/** The words in which a computer tells why may name a person, and are not kept; its code is. */
const because = (code: string | undefined) => (code === undefined ? '' : ` (${code})`);

function timerWords(told: readonly string[]): string {
  if (told.includes('deadline-passed')) return 'The 30 days passed';
  if (told.includes('deadline-near')) return 'Was told that the 30 days are nearly over';
  if (told.includes('wait-over')) return 'The wait was over';
  if (told.includes('nudge')) return 'Was reminded';
  if (told.includes('help-desk-told')) return 'Stayed silent after the last reminder';
  return 'Time passed';
}

const facts: Readonly<Record<Evidence, string>> = {
  windows: 'a Windows computer',
  'opensc-installed': 'that OpenSC is installed',
  restarted: 'that it was restarted',
  'token-absent': 'that no USB token is in',
  'token-present': 'the USB token',
  certificate: 'the certificate on the token',
};

function factOf({ fact = '' }: Detail): string {
  const known = evidence.safeParse(fact);
  return known.success ? facts[known.data] : fact || 'what it looked for';
}

const providers: Readonly<Record<string, string>> = { slack: 'Slack', teams: 'Microsoft Teams' };

function placeName({ provider = '', tenant = '' }: z.output<typeof detail>): string {
  const name = providers[provider];
  return name === undefined ? 'the browser chat' : `${name} (${tenant})`;
}
