import type { Flow, FlowStep } from '../../flows/compiled.ts';
import type { AgentAction, Problem, Source } from '../../flows/flow.ts';
import { asksIdentity } from '../../flows/journey/computer.ts';
import { answersOf, type OpenIssues, placeOf, problemIn, problemsOf } from '../../flows/journey/graph.ts';
import type { JourneyState } from '../../flows/state.ts';
import type { Button, Message } from '../message.ts';
import { type Maker, makerFor, wordButton } from './buttons.ts';
import { dayIn, type House } from './house.ts';

/** All that the card of a journey is drawn from. */
export interface Scene {
  flow: Flow;
  journey: string;
  state: JourneyState;
  openIssues: OpenIssues;
  house: House;
  zone: string;
  at: number;
}

/** The card that shows where the person is. */
export function cardOf(scene: Scene): Message {
  const { state, flow } = scene;
  const step = flow.byId.get(state.step);
  if (state.status === 'new' || !step) return welcome(scene);
  if (state.status === 'done') return theEnd(scene);
  if (state.status === 'paused') return paused(scene, step);
  if (state.status === 'waiting') return waiting(scene, step);
  if (state.view.at === 'problems') return problems(scene, step);
  const problem =
    state.view.at === 'help' ? problemIn(flow, state.view.problem, scene.openIssues) : undefined;
  return problem ? help(scene, step, problem) : atStep(scene, step);
}

/** A card that is over, in a line. */
export function collapsed(line: string): Message {
  return { summary: line, tone: 'info', finished: line, fields: [], buttons: [] };
}

/** "Step 3 · Restart your computer" */
export function lineOf(scene: Pick<Scene, 'flow' | 'openIssues'>, stepId: string): string {
  const step = scene.flow.byId.get(stepId);
  if (!step) return 'An earlier step';
  return `Step ${placeOf(scene.flow, stepId, scene.openIssues).step} · ${step.title}`;
}

const sources: Readonly<Record<Source, string>> = {
  guide: "From your company's guide",
  company: 'From your company',
  public: 'From public information',
  product: 'Added by this assistant',
};

function maker({ journey, state }: Scene): Maker {
  return makerFor({ journey, step: state.step, revision: state.revision });
}

function progressOf(scene: Scene, step: FlowStep): Message['progress'] {
  const place = placeOf(scene.flow, step.id, scene.openIssues);
  const time = step.minutes > 0 ? ` · about ${step.minutes} min` : '';
  return { step: place.step, of: place.of, text: `Step ${place.step} of ${place.of}${time}` };
}

function message(parts: Partial<Message> & Pick<Message, 'summary'>): Message {
  return { tone: 'step', fields: [], buttons: [], ...parts };
}

function welcome(scene: Scene): Message {
  const { flow } = scene;
  const minutes = placeOf(flow, flow.steps[0]?.id ?? '', scene.openIssues);
  return message({
    summary: `Welcome. ${flow.title}. Press Start when you are ready.`,
    title: flow.title,
    body: `Hello! I will take you through it one step at a time: **${minutes.of} short steps, about ${minutes.minutes} minutes**. You can stop whenever you like; I remember where you are.\n\nNever type a password, PIN or activation code here. I will never ask for one.`,
    buttons: [
      makerFor(place(scene))('start', 'Start', 'primary'),
      wordButton('privacy', 'What do you keep?'),
      wordButton('help', 'Help'),
    ],
  });
}

function place(scene: Scene): { journey: string; step: string; revision: number } {
  return { journey: scene.journey, step: scene.state.step, revision: scene.state.revision };
}

function atStep(scene: Scene, step: FlowStep): Message {
  const make = maker(scene);
  const progress = progressOf(scene, step);
  const answers = answersOf(step, scene.openIssues);
  const body = [statusLine(scene), step.body, step.secret ? secretLine : ''].filter((part) => part !== '');
  return message({
    summary: `${progress?.text ?? ''}: ${step.title}`,
    ...(progress && { progress }),
    title: step.title,
    body: body.join('\n\n'),
    ...(step.picture && { picture: step.picture }),
    ...choicesAt(scene, step),
    ...(step.ask && {
      input: {
        kind: 'date' as const,
        label: step.ask.label,
        submit: 'Use this date',
        max: new Date(scene.at + 86_400_000).toISOString().slice(0, 10),
        action: make('signed-on', 'Use this date').action,
      },
    }),
    buttons: stepButtons(scene, step, answers.length > 0),
    note: `${sources[step.source]} · ${step.section.title}`,
  });
}

/** The step's answers; once the computer shows a certificate, whether it is the person's own. */
function choicesAt(scene: Scene, step: FlowStep): Pick<Message, 'choices'> {
  const make = maker(scene);
  const answers = answersOf(step, scene.openIssues);
  const proven = answers.find((answer) => answer.proven);
  if (step.identity && proven && asksIdentity(scene)) {
    const { yes, no, problem } = step.identity;
    const options = [make('answer', yes, 'primary', proven.id), make('problem', no, 'plain', problem)];
    return { choices: { prompt: `Is this you: ${scene.state.shown}?`, options } };
  }
  if (answers.length === 0) return {};
  const options = answers.map((answer) => make('answer', answer.label, answer.style, answer.id));
  return { choices: { prompt: 'Choose what fits:', options } };
}

const actionLabels: Readonly<Record<AgentAction, string>> = {
  'opensc.install': 'Let my computer install it',
  'system.restart': 'Let my computer restart',
};

/** What the paired computer can do here, as far as the organisation lets it. */
function computerButtons({ state, house }: Scene, step: FlowStep, make: Maker): Button[] {
  if (state.computer === null || house.agent.mode === 'off') return [];
  const actions = house.agent.mode === 'change' ? step.actions : [];
  return [
    ...actions.map((action) => make('let-computer', actionLabels[action], 'plain', action)),
    ...(step.evidence.some((fact) => fact !== 'restarted') ? [make('check', 'Check with my computer')] : []),
  ];
}

const secretLine = '*Keep it to yourself:* type it on the web site only, never here.';

function stepButtons(scene: Scene, step: FlowStep, branches: boolean): Button[] {
  const make = maker(scene);
  const asked = scene.state.escalations.some((e) => e.step === step.id);
  const first = step.ask
    ? [make('signed-on', step.ask.unknown, 'plain')]
    : branches
      ? []
      : [make('done', step.done, 'primary')];
  return [
    ...first,
    ...computerButtons(scene, step, make),
    make('back', 'Back'),
    make('stuck', asked ? "I'm stuck with something else" : "I'm stuck", 'danger'),
    ...(scene.state.nudged > 0 ? [make('snooze', 'Remind me tomorrow')] : []),
    make('pause', 'Pause'),
  ];
}

/** What the help desk knows of this step already, so that nobody asks twice. */
function statusLine({ state, house, at }: Scene): string {
  const here = state.escalations.find((escalation) => escalation.step === state.step);
  // Opened this very moment: the sentence that is told with the card says it already.
  if (!here || here.at === at) return '';
  const when = house.hours ? ` They are there ${house.hours}.` : '';
  if (here.by)
    return `**${here.by.name} from the help desk is on it.** If it works in the meantime, simply go on.`;
  return `**The help desk has been told.**${when} If it works in the meantime, simply go on.`;
}

function problems(scene: Scene, step: FlowStep): Message {
  const make = maker(scene);
  const list = problemsOf(scene.flow, step, scene.openIssues);
  const progress = progressOf(scene, step);
  return message({
    summary: `What is in the way at "${step.title}"?`,
    ...(progress && { progress }),
    title: 'What is in the way?',
    body: `You are at **${step.title}**. Choose what comes closest.${step.secret ? ' Here only the buttons work, so that no secret is typed by mistake.' : ' Or describe it in a few words.'}`,
    choices: {
      prompt: 'What do you see?',
      options: [
        ...list.map((problem) => make('problem', problem.symptom, 'plain', problem.id)),
        make('still-stuck', 'Something else'),
      ],
    },
    ...(!step.secret && {
      input: {
        kind: 'text' as const,
        label: 'Describe it in a few words',
        placeholder: 'I click … and see …',
        submit: 'Ask the help desk',
        action: make('describe', 'Ask the help desk').action,
      },
    }),
    buttons: [
      make('to-step', 'Back to the step'),
      make('human', 'Ask the help desk'),
      make('pause', 'Pause'),
    ],
  });
}

function help(scene: Scene, step: FlowStep, problem: Problem): Message {
  const make = maker(scene);
  const progress = progressOf(scene, step);
  return message({
    summary: `${problem.symptom}: here is what helps.`,
    ...(progress && { progress }),
    title: problem.symptom,
    body: problem.help,
    ...(problem.picture && { picture: problem.picture }),
    choices: {
      prompt: 'Did that help?',
      options: [make('solved', 'Yes, solved', 'primary'), make('still-stuck', 'No, still stuck', 'danger')],
    },
    buttons: [make('stuck', 'Another problem'), make('to-step', 'Back to the step'), make('pause', 'Pause')],
    note: sources[problem.source],
  });
}

function waiting(scene: Scene, step: FlowStep): Message {
  const make = maker(scene);
  const { waiting: rest } = scene.state;
  const progress = progressOf(scene, step);
  const until = dayIn(scene.zone, rest?.until ?? scene.at);
  return message({
    summary: `Waiting for ${rest?.for ?? 'others'}; I will be back on ${until}.`,
    ...(progress && { progress }),
    title: `Waiting for ${rest?.for ?? 'others'}`,
    body: `Your place is kept at **${step.title}**. I stay quiet until ${until}, then I ask again.${statusLine(scene) === '' ? '' : `\n\n${statusLine(scene)}`}`,
    buttons: [make('resume', rest?.resume ?? 'Go on', 'primary'), make('human', 'Ask the help desk')],
  });
}

function paused(scene: Scene, step: FlowStep): Message {
  const progress = progressOf(scene, step);
  return message({
    summary: `Paused at "${step.title}". Press Resume to go on.`,
    ...(progress && { progress }),
    title: 'Paused',
    body: `Your place is kept at **${step.title}**. I send no reminders until you press Resume.`,
    buttons: [maker(scene)('resume', 'Resume', 'primary')],
  });
}

function theEnd(scene: Scene): Message {
  const { end } = scene.flow;
  const proofs = Object.values(scene.state.proofs);
  const proven = proofs.filter((proof) => proof === 'computer').length;
  const make = maker(scene);
  return message({
    summary: `All done: ${end.title}`,
    tone: 'success',
    title: end.title,
    body: end.body,
    ...(end.picture && { picture: end.picture }),
    fields: [
      { label: 'Steps finished on your word', value: String(proofs.length - proven) },
      { label: 'Steps proven by the computer', value: String(proven) },
    ],
    buttons: [make('back', 'Back to the last step'), make('start-again', 'Start again')],
  });
}
