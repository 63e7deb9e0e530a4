import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type AgentMode,
  actions,
  type Command,
  clockTolerance,
  makeKeyPair,
  readPublicKey,
  seal,
} from '../../../src/agent/protocol.ts';
import { admit, type Rules, stricter } from '../../../src/agent/tasks/admit.ts';
import { emptyJournal } from '../../support/agent/remembering.ts';

const server = makeKeyPair();
const device = randomUUID();
const now = Date.UTC(2026, 5, 1, 12);
const rules: Rules = {
  serverKey: readPublicKey(server.publicKey),
  device,
  journal: emptyJournal,
  now,
  mode: 'change',
  on: true,
};
const good: Command = {
  task: randomUUID(),
  device,
  sequence: 1,
  nonce: 'n'.repeat(22),
  action: 'system.inspect',
  parameters: {},
  issuedAt: now,
  expiresAt: now + 60_000,
};

function verdict(change: Partial<Command>, more: Partial<Rules> = {}) {
  const admission = admit(seal(server.privateKey, 'command', { ...good, ...change }), { ...rules, ...more });
  return admission.kind === 'refused'
    ? `${admission.code}${admission.counted ? ' counted' : ''}`
    : admission.kind;
}

test('a good command is new; a known task is known, under whatever fresh command it comes', () => {
  expect(verdict({})).toBe('new');
  const entry = {
    task: good.task,
    action: 'system.inspect',
    parameters: {},
    state: 'taken',
    since: now,
    outcome: null,
  } as const;
  const journal = { ...emptyJournal, find: () => entry };
  expect(verdict({}, { journal })).toBe('known');
  expect(verdict({ action: 'unknown' }, { journal })).toBe('known');
});

test('another key, another purpose, an altered body and another shape are forged', () => {
  const sealed = seal(server.privateKey, 'command', good);
  const altered = { ...sealed, body: sealed.body.replace('system.inspect', 'system.restart') };
  const forged = [
    seal(makeKeyPair().privateKey, 'command', good),
    seal(server.privateKey, 'policy', good),
    altered,
    seal(server.privateKey, 'command', { ...good, more: 1 }),
  ];
  expect(forged.map((one) => admit(one, rules).kind)).toEqual(['forged', 'forged', 'forged', 'forged']);
});

test('what is stale or foreign is refused, and uses up nothing', () => {
  expect(verdict({ device: randomUUID() })).toBe('other-device');
  expect(verdict({ expiresAt: now - clockTolerance })).toBe('new');
  expect(verdict({ expiresAt: now - clockTolerance - 1 })).toBe('expired');
  expect(verdict({ issuedAt: now + clockTolerance })).toBe('new');
  expect(verdict({ issuedAt: now + clockTolerance + 1 })).toBe('in-the-future');
  expect(verdict({ sequence: 7 }, { journal: { ...emptyJournal, sequence: 7 } })).toBe('replayed');
  expect(verdict({ sequence: 8 }, { journal: { ...emptyJournal, sequence: 7 } })).toBe('new');
  expect(verdict({}, { journal: { ...emptyJournal, isUsed: (nonce) => nonce === good.nonce } })).toBe(
    'replayed',
  );
  expect(verdict({}, { journal: { ...emptyJournal, notBefore: now + 1 } })).toBe('replayed');
});

test('what the agent may not do is refused, and uses up its sequence', () => {
  expect(verdict({ action: 'shell.run' })).toBe('unknown-action counted');
  expect(verdict({ parameters: { path: '/etc' } })).toBe('bad-parameters counted');
  expect(verdict({ action: 'opensc.install', parameters: { version: '9.9.9' } })).toBe(
    'bad-parameters counted',
  );
  expect(verdict({ action: 'token.watch', parameters: { minutes: 481 } })).toBe('bad-parameters counted');
  expect(verdict({}, { on: false })).toBe('switched-off counted');
  expect(verdict({}, { mode: 'off' })).toBe('not-allowed counted');
});

test('"look" lets every look and no change', () => {
  const parameters = { 'token.watch': { minutes: 1 }, 'opensc.install': { version: '0.27.1' } };
  for (const [action, { consequence }] of Object.entries(actions)) {
    const given = { action, parameters: action in parameters ? Reflect.get(parameters, action) : {} };
    expect([action, verdict(given, { mode: 'look' })]).toEqual([
      action,
      consequence === 'look' ? 'new' : 'not-allowed counted',
    ]);
    expect([action, verdict(given)]).toEqual([action, 'new']);
  }
});

test.each<[AgentMode, AgentMode, AgentMode]>([
  ['off', 'change', 'off'],
  ['change', 'look', 'look'],
  ['change', 'change', 'change'],
  ['look', 'off', 'off'],
])('of %s and %s the stricter is %s', (one, other, wanted) => {
  expect([stricter(one, other), stricter(other, one)]).toEqual([wanted, wanted]);
});
