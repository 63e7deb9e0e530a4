import { describe, expect, it } from 'vitest';
import { actionName } from '../../src/agent/protocol.ts';
import type { Effect } from '../../src/flows/effect.ts';
import type { JourneyEvent } from '../../src/flows/event.ts';
import { agentTask } from '../../src/flows/flow.ts';
import { decide, newJourney } from '../../src/flows/journey.ts';
import type { JourneyState } from '../../src/flows/state.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const flow = builtInFlow();
const start = Date.parse('2026-11-24T15:00:00Z');
const device = 'd1';

/** A journey whose events come a minute apart. */
class Journey {
  state: JourneyState = newJourney(flow, start);
  effects: Effect[] = [];
  readonly #open: ReadonlySet<string> = new Set(['identrust-login-bug']);
  #minutes = 0;

  happen(...events: JourneyEvent[]): this {
    this.effects = [];
    for (const event of events) {
      const at = start + 60_000 * ++this.#minutes;
      const next = decide(flow, this.state, event, { at, openIssues: this.#open, newId: 'e', spareId: 'f' });
      this.state = next.state;
      this.effects.push(...next.effects);
    }
    return this;
  }

  /** At this step, entered just now, with a paired computer. */
  at(step: string): this {
    this.happen({ type: 'start' }, { type: 'paired', device, name: 'KIM-PC' });
    this.state = { ...this.state, step, enteredAt: start + 60_000 * this.#minutes, evidence: {} };
    this.effects = [];
    return this;
  }

  get told(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'tell' ? [effect.what.id] : []));
  }

  get asked(): string[] {
    return this.effects.flatMap((effect) => (effect.type === 'ask-agent' ? [effect.task] : []));
  }
}

const proven = (fact: 'windows' | 'opensc-installed' | 'restarted' | 'token-present' | 'token-absent') =>
  ({ type: 'proven', fact }) as const;
const certificate = { type: 'proven', fact: 'certificate', subject: 'LEE.KIM' } as const;
const disproven = (fact: 'windows' | 'opensc-installed' | 'certificate', verdict: string, asked = false) =>
  ({ type: 'disproven', fact, verdict, message: `because ${verdict}`, asked }) as const;

describe('a paired computer', () => {
  it('is asked for what it can show at once, when it is paired, and at each step for what that step needs', () => {
    const journey = new Journey().happen({ type: 'start' }, { type: 'paired', device, name: 'KIM-PC' });
    expect(journey.asked).toEqual(['system.inspect', 'opensc.inspect']);
    expect(journey.told).toContain('computer-paired');
    journey.at('finish-download').happen({ type: 'answer', answer: 'finished' });
    expect(journey.state.step).toBe('confirm-token');
    expect(journey.asked).toEqual(['token.inspect']);
  });

  it('is asked for nothing before it is paired', () => {
    const journey = new Journey().happen({ type: 'start' }, { type: 'done' });
    expect(journey.asked).toEqual([]);
  });

  it('finishes a step that it proves, and the timeline says so', () => {
    const journey = new Journey().at('at-windows').happen(proven('windows'));
    expect(journey.state).toMatchObject({ step: 'opensc-download', proofs: { 'at-windows': 'computer' } });
    expect(journey.state.answers['at-windows']).toBe('yes');
    expect(journey.told).toContain('proven');
    expect(journey.effects.at(-1)).toMatchObject({ type: 'show', how: 'anew', finished: 'at-windows' });
  });

  it('finishes all four steps of the installation at once, whichever the person is at', () => {
    for (const step of ['opensc-download', 'opensc-find', 'opensc-install', 'opensc-typical']) {
      const journey = new Journey().at(step).happen(proven('opensc-installed'));
      expect(journey.state.step, step).toBe('restart');
      expect(journey.state.proofs[step]).toBe('computer');
      expect(journey.told.filter((id) => id === 'proven')).toHaveLength(1);
    }
  });

  it('passes by what was proven before, but lets the person go back to it', () => {
    const journey = new Journey().at('at-windows').happen(proven('opensc-installed'));
    expect(journey.state.step).toBe('at-windows');
    journey.happen({ type: 'answer', answer: 'yes' });
    expect(journey.state).toMatchObject({ step: 'restart', proofs: { 'at-windows': 'word' } });
    journey.happen({ type: 'back' });
    expect(journey.state.step).toBe('opensc-typical');
    journey.happen(proven('windows'));
    expect(journey.state).toMatchObject({ step: 'opensc-typical', proofs: { 'at-windows': 'computer' } });
  });

  it('proves a restart, whether the person said so before or not, and greets them back', () => {
    const unsaid = new Journey().at('restart').happen(proven('restarted'));
    expect(unsaid.state).toMatchObject({
      step: 'find-email',
      proofs: { restart: 'computer', 'log-back-in': 'computer' },
    });
    const said = new Journey().at('restart').happen({ type: 'done' });
    expect(said.state).toMatchObject({ step: 'log-back-in', proofs: { restart: 'word' } });
    said.happen(proven('restarted'));
    expect(said.state).toMatchObject({
      step: 'find-email',
      proofs: { restart: 'computer', 'log-back-in': 'computer' },
    });
    expect(said.effects).toContainEqual({
      type: 'tell',
      what: { id: 'proven', fact: 'restarted', subject: null },
    });
  });

  it('does not take an earlier restart for the one that the step asks for', () => {
    const journey = new Journey().at('opensc-typical').happen(proven('restarted'), { type: 'done' });
    expect(journey.state.step).toBe('restart');
  });

  it('asks once after the installation whether it is there, and says so where it is not', () => {
    const journey = new Journey().at('opensc-typical').happen({ type: 'done' });
    expect(journey.effects).toContainEqual({
      type: 'ask-agent',
      device,
      task: 'opensc.inspect',
      asked: true,
    });
    journey.happen(disproven('opensc-installed', 'no-module', true));
    expect(journey.state).toMatchObject({ step: 'restart', found: { verdict: 'no-module' } });
    expect(journey.told).toEqual(['not-proven']);
  });

  it('says kindly to take the token out, once, when it is in too early, and thanks when it is out', () => {
    const journey = new Journey().at('opensc-find').happen(proven('token-present'));
    expect(journey.told).toEqual(['too-early']);
    expect(journey.happen(proven('token-present')).told).toEqual([]);
    expect(journey.happen(proven('token-absent')).told).toEqual(['token-out']);
    expect(journey.happen(proven('token-present')).told).toEqual(['too-early']);
    expect(journey.state.step).toBe('opensc-find');
  });

  it('answers whoever asks whether the token is out, every time', () => {
    const journey = new Journey().at('set-usb-aside');
    const asked = (fact: 'token-present' | 'token-absent') => ({ ...proven(fact), asked: true });
    expect(journey.happen(proven('token-absent')).told).toEqual([]);
    expect(journey.happen(asked('token-absent')).told).toEqual(['proven']);
    expect(journey.happen(asked('token-present')).told).toEqual(['too-early']);
    expect(journey.happen(asked('token-present')).told).toEqual(['too-early']);
    expect(journey.happen(asked('token-absent')).told).toEqual(['token-out']);
    expect(journey.state.step).toBe('set-usb-aside');
  });

  it('sees the token at its step, and the press that follows counts as proven', () => {
    const journey = new Journey().at('insert-token').happen(proven('token-present'));
    expect(journey.told).toEqual(['proven']);
    expect(journey.state.step).toBe('insert-token');
    journey.happen({ type: 'answer', answer: 'seen' });
    expect(journey.state.proofs['insert-token']).toBe('computer');
  });

  it('shows whose certificate it is, and only the person’s yes finishes the step', () => {
    const journey = new Journey().at('confirm-token').happen(certificate);
    expect(journey.state).toMatchObject({ step: 'confirm-token', status: 'active', shown: 'LEE.KIM' });
    journey.happen({ type: 'answer', answer: 'yes' });
    expect(journey.state).toMatchObject({
      status: 'done',
      shown: null,
      proofs: { 'confirm-token': 'computer' },
    });
  });

  it('takes the person’s word where it shows nothing', () => {
    const journey = new Journey().at('confirm-token').happen({ type: 'answer', answer: 'yes' });
    expect(journey.state).toMatchObject({ status: 'done', proofs: { 'confirm-token': 'word' } });
  });

  it('opens the help that fits what it found, and tells the help desk what that was', () => {
    const journey = new Journey().at('confirm-token').happen(disproven('certificate', 'blank-token'));
    expect(journey.state.view).toEqual({ at: 'help', problem: 'certificate-unconfirmed' });
    journey.happen({ type: 'still-stuck' });
    expect(journey.state.escalations).toMatchObject([
      { reason: 'certificate-unconfirmed', found: 'blank-token: because blank-token' },
    ]);
  });

  it('says once what is in the way, also where a look shows two things', () => {
    const journey = new Journey().at('confirm-token').happen({ type: 'check' });
    expect(journey.asked).toEqual(['token.inspect']);
    const absent = { ...disproven('certificate', 'no-token', true), fact: 'token-present' } as const;
    journey.happen(absent, disproven('certificate', 'no-token', true));
    expect(journey.told).toEqual(['not-proven']);
    expect(journey.state.view).toEqual({ at: 'help', problem: 'token-not-in' });
  });

  it('takes a proof back when it shows the contrary', () => {
    const journey = new Journey()
      .at('confirm-token')
      .happen(certificate, disproven('certificate', 'no-token'));
    journey.happen({ type: 'to-step' }, { type: 'answer', answer: 'yes' });
    expect(journey.state.proofs['confirm-token']).toBe('word');
  });

  it('keeps quiet about what is not there yet where nobody asked', () => {
    const journey = new Journey().at('opensc-download').happen(disproven('opensc-installed', 'no-module'));
    expect(journey.told).toEqual([]);
    journey.happen(disproven('opensc-installed', 'no-module', true));
    expect(journey.told).toEqual(['not-proven']);
  });

  it('is asked to do something only at a step that offers it, and says that it asks at the computer', () => {
    const journey = new Journey()
      .at('opensc-download')
      .happen({ type: 'let-computer', action: 'opensc.install' });
    expect(journey.effects).toEqual([
      { type: 'ask-agent', device, task: 'opensc.install', asked: true },
      { type: 'tell', what: { id: 'computer-asks', name: 'KIM-PC' } },
    ]);
    expect(journey.happen({ type: 'let-computer', action: 'system.restart' }).asked).toEqual([]);
    expect(journey.told).toEqual(['stale']);
  });

  it('takes the same press again right after it was declined', () => {
    const journey = new Journey().at('opensc-download');
    const press = () =>
      ({ type: 'let-computer', action: 'opensc.install', revision: journey.state.revision }) as const;
    const no = {
      type: 'action-failed',
      action: 'opensc.install',
      code: 'declined',
      message: 'No.',
      asked: true,
    } as const;
    journey.happen(press(), no);
    const again = decide(flow, journey.state, press(), {
      at: journey.state.heardAt + 1_000,
      openIssues: new Set(),
      newId: 'e',
      spareId: 'f',
    });
    expect(again.effects).toContainEqual(expect.objectContaining({ type: 'ask-agent' }));
  });

  it('leaves the step to be done by hand when it was declined, with help where there is some', () => {
    const failed = (code: string) =>
      ({
        type: 'action-failed',
        action: 'opensc.install',
        code,
        message: 'It said why.',
        asked: true,
      }) as const;
    const declined = new Journey().at('opensc-download').happen(failed('declined'));
    expect(declined.state).toMatchObject({ step: 'opensc-download', view: { at: 'step' } });
    expect(declined.told).toEqual(['not-proven']);
    const broken = new Journey().at('opensc-typical').happen(failed('install-failed'));
    expect(broken.state.view).toEqual({ at: 'help', problem: 'opensc-installation-failed' });
  });

  it('asks about the VPN when it stays silent, and offers to go on by hand', () => {
    const journey = new Journey().at('log-back-in').happen({ type: 'computer-silent' });
    expect(journey.told).toEqual(['computer-silent']);
    expect(journey.effects.at(-1)).toEqual({ type: 'show', how: 'anew' });
  });

  it('that is unpaired is asked no more; at the end it goes without a word', () => {
    const journey = new Journey().at('opensc-download').happen({ type: 'unpaired', device: 'another' });
    expect(journey.state.computer).not.toBeNull();
    journey.happen({ type: 'unpaired', device }, { type: 'check' });
    expect(journey.state.computer).toBeNull();
    expect(journey.asked).toEqual([]);
    const ended = new Journey().at('confirm-token').happen({ type: 'answer', answer: 'yes' });
    expect(ended.happen({ type: 'unpaired', device }).told).toEqual([]);
  });

  it('goes over to the journey that goes on when two chats are linked, unless that has its own', () => {
    const linked = (name: string) =>
      ({
        type: 'linked',
        provider: 'slack',
        tenant: 'T1',
        journey: 'j',
        computer: { device: name, name },
      }) as const;
    const without = new Journey().happen({ type: 'start' }, linked('OTHER-PC'));
    expect(without.state.computer).toMatchObject({ device: 'OTHER-PC' });
    expect(without.happen(linked('THIRD-PC')).state.computer).toMatchObject({ device: 'OTHER-PC' });
  });

  it('is asked only for what the agent’s protocol knows', () => {
    expect(agentTask.options.filter((task) => !actionName.options.includes(task))).toEqual([]);
  });
});
