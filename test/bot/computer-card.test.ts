import { describe, expect, it } from 'vitest';
import { intentOf } from '../../src/bot/engine/intent.ts';
import { cardOf } from '../../src/bot/speech/card.ts';
import { newJourney } from '../../src/flows/journey.ts';
import type { JourneyState } from '../../src/flows/state.ts';
import { builtInFlow } from '../support/built-in-flow.ts';

const flow = builtInFlow();
const at = Date.parse('2026-11-24T15:00:00Z');
const computer = { device: 'd1', name: 'KIM-PC', since: at };

function cardAt(
  step: string,
  change: Partial<JourneyState> = {},
  mode: 'off' | 'look' | 'change' = 'change',
) {
  const state: JourneyState = { ...newJourney(flow, at), status: 'active', step, ...change };
  const house = { contact: null, hours: null, timeZone: 'UTC', agent: { mode }, openscVersion: '0.27.1' };
  return cardOf({ flow, journey: 'j1', state, openIssues: new Set(), house, zone: 'UTC', at });
}

const labels = (card: ReturnType<typeof cardAt>) => card.buttons.map((button) => button.label);

describe('the card of somebody with a paired computer', () => {
  it('offers what the computer can do at this step, and says it back as that press', () => {
    const card = cardAt('opensc-download', { computer });
    expect(labels(card)).toEqual(
      expect.arrayContaining(['It is downloaded', 'Let my computer install it', 'Check with my computer']),
    );
    const press = card.buttons.find((button) => button.label === 'Let my computer install it');
    const intent = press && intentOf({ kind: 'press', action: press.action }, false);
    expect(intent).toMatchObject({ event: { type: 'let-computer', action: 'opensc.install' } });
  });

  it('offers only to look where the organisation lets agents look, and nothing where they are off', () => {
    const look = labels(cardAt('opensc-download', { computer }, 'look'));
    expect(look).toContain('Check with my computer');
    expect(look).not.toContain('Let my computer install it');
    expect(labels(cardAt('opensc-download', { computer }, 'off'))).not.toContain('Check with my computer');
  });

  it('offers nothing of the kind without one, or where a computer has nothing to say', () => {
    expect(labels(cardAt('opensc-download'))).not.toContain('Check with my computer');
    expect(labels(cardAt('find-email', { computer }))).not.toContain('Check with my computer');
  });

  it('asks whether the certificate is theirs, by its name, with a yes and a no', () => {
    const card = cardAt('confirm-token', { computer, shown: 'LEE.KIM.123', evidence: { certificate: at } });
    expect(card.choices?.prompt).toBe('Is this you: LEE.KIM.123?');
    const [yes, no] = card.choices?.options.map((option) => option.action) ?? [];
    expect(yes).toMatchObject({ verb: 'answer', arg: 'yes' });
    expect(no).toMatchObject({ verb: 'problem', arg: 'certificate-of-somebody-else' });
    expect(cardAt('confirm-token', { computer }).choices?.prompt).toBe('Choose what fits:');
  });

  it('keeps every button and prompt within what the channels take', () => {
    for (const step of flow.steps) {
      const card = cardAt(step.id, { computer, shown: 'X'.repeat(64), evidence: { certificate: at } });
      expect(card.buttons.length).toBeLessThanOrEqual(8);
    }
  });
});
