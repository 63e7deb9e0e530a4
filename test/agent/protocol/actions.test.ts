import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActionName,
  type AgentMode,
  actionName,
  actions,
  agentMode,
  allows,
} from '../../../src/agent/protocol/actions.ts';
import { command } from '../../../src/agent/protocol/command.ts';
import { linkLimits } from '../../../src/agent/protocol/frames.ts';

const names = actionName.options;
const right: Record<ActionName, unknown> = {
  'system.inspect': {},
  'opensc.inspect': {},
  'token.inspect': {},
  'token.watch': { minutes: 60 },
  'opensc.install': { version: '0.26.1' },
  'system.restart': {},
};

describe('the list of actions', () => {
  test('is closed: these six and no other', () => {
    expect(Object.keys(actions).sort()).toEqual([...names].sort());
    expect(Object.keys(actions).sort()).toEqual(Object.keys(right).sort());
  });

  const table: [AgentMode, ActionName[]][] = [
    ['off', []],
    ['look', ['system.inspect', 'opensc.inspect', 'token.inspect', 'token.watch']],
    ['change', [...names]],
  ];
  test.each(table)('"%s" allows exactly its part of it', (mode, allowed) => {
    expect(names.filter((name) => allows(mode, name))).toEqual(allowed);
  });

  test('every mode is in that table', () => {
    expect(table.map(([mode]) => mode)).toEqual(agentMode.options);
  });

  test.each(names)('%s takes its own parameters and nothing beside them', (name) => {
    const { parameters } = actions[name];
    const own = right[name];
    expect(parameters.safeParse(own).success).toBe(true);
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, put) => {
        fc.pre(!['minutes', 'version', '__proto__'].includes(key));
        const more = { ...Object(own), [key]: put };
        expect(parameters.safeParse(more).success).toBe(false);
      }),
    );
    for (const key of ['path', 'module', 'command', 'shell', 'url', 'file', 'args'])
      expect(parameters.safeParse({ ...Object(own), [key]: '/bin/sh' }).success).toBe(false);
    for (const odd of [null, [], 'x', 1, undefined]) expect(parameters.safeParse(odd).success).toBe(false);
  });

  test.each([
    ['token.watch', { minutes: 0 }],
    ['token.watch', { minutes: 481 }],
    ['token.watch', { minutes: 1.5 }],
    ['token.watch', { minutes: '60' }],
    ['token.watch', {}],
    ['opensc.install', { version: '0.25.0' }],
    ['opensc.install', { version: 'https://example.com/x.msi' }],
    ['opensc.install', {}],
  ] as const)('%s refuses %j', (name, parameters) => {
    expect(actions[name].parameters.safeParse(parameters).success).toBe(false);
  });

  test.each(names)(
    "%s has a report that is smaller than a frame, and an end within the longest day's work",
    (name) => {
      expect(actions[name].bytes).toBeLessThan(linkLimits.frame);
      expect(actions[name].seconds).toBeGreaterThan(0);
      expect(actions[name].seconds).toBeLessThanOrEqual(8 * 3_600);
    },
  );

  test.each(names)('%s reports only what it should: another report, or none, is refused', (name) => {
    for (const odd of [null, {}, [], 'done', { present: 'yes' }, { ok: true }])
      expect(actions[name].report.safeParse(odd).success).toBe(false);
  });
});

describe('a command', () => {
  const whole = {
    task: '5ad4b0d6-41cb-4a7e-9b55-6c5c3bd6d1a1',
    device: '0f4f4bc6-8b3e-4a34-9d55-0d6a7bb1f4a2',
    sequence: 1,
    nonce: 'A'.repeat(22),
    action: 'system.inspect',
    parameters: {},
    issuedAt: 1,
    expiresAt: 2,
  };

  test('is read when it is whole, also with an action that this agent does not know', () => {
    expect(command.parse(whole)).toEqual(whole);
    expect(command.parse({ ...whole, action: 'disk.wipe' }).action).toBe('disk.wipe');
  });

  test.each([
    ['no task', { task: undefined }],
    ['a task that is no UUID', { task: '1' }],
    ['sequence 0', { sequence: 0 }],
    ['a sequence that is not whole', { sequence: 1.5 }],
    ['a sequence beyond exact numbers', { sequence: 2 ** 53 }],
    ['a short nonce', { nonce: 'A' }],
    ['an action without end', { action: 'x'.repeat(65) }],
    ['a time that is no number', { expiresAt: '2' }],
    ['more than it may have', { shell: 'sh' }],
  ])('is refused with %s', (_, change) => {
    expect(command.safeParse({ ...whole, ...change }).success).toBe(false);
  });
});
