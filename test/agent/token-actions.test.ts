import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFingerprints } from '../../src/agent/certificates/fingerprints.ts';
import { readTrust } from '../../src/agent/certificates/trust-bundle.ts';
import { observe } from '../../src/agent/observe.ts';
import { openscReport, tokenReport, watchReport } from '../../src/agent/protocol.ts';
import { verdictOn } from '../../src/agent/verdict.ts';
import {
  type AgentProcess,
  alreadyPaired,
  makeHome,
  startAgent,
  type TestHome,
} from '../support/agent/agent-process.ts';
import { type OpenLink, reportOf, startTestServer, type TestServer } from '../support/agent/test-server.ts';
import { suiteNeeding } from '../support/require-part.ts';
import { type PrivatePcscd, startPcscd } from '../support/token/pcscd.ts';
import { type PivCard, pivCard } from '../support/token/piv-card.ts';
import { cardRigPresent, OPENSC_MODULE } from '../support/token/rig-parts.ts';
import { makeTestCa, NOW } from '../support/token/test-ca.ts';
import { insert } from '../support/token/vpcd.ts';

suiteNeeding('the agent with a virtual token (pcscd, vpcd, OpenSC)', cardRigPresent, () => {
  let server: TestServer;
  let home: TestHome;
  let pcscd: PrivatePcscd;
  let agent: AgentProcess;
  let link: OpenLink;

  beforeEach(async () => {
    server = await startTestServer();
    home = makeHome();
    pcscd = await startPcscd({ readers: true });
    alreadyPaired(server, home.path, OPENSC_MODULE);
    const { PCSCLITE_CSOCK_NAME } = pcscd.env;
    agent = startAgent(['run', '--home', home.path], { env: { PCSCLITE_CSOCK_NAME } });
    link = await server.link();
  });
  afterEach(async () => {
    await agent.end('SIGKILL');
    await pcscd.stop();
    await server.stop();
    home.remove();
  });
  const port = (): number => pcscd.ports[0] ?? 0;
  const seen = (task: string): boolean[] =>
    link.frames.flatMap((frame) => (frame.type === 'seen' && frame.task === task ? [frame.present] : []));
  const watch = (): string => link.command({ action: 'token.watch', parameters: { minutes: 60 } }).task;
  const seesOf = (task: string, times: number) =>
    link.frame('seen', (frame) => frame.task === task && seen(task).length >= times);
  /** Every command to the card; 20 is VERIFY, which would present a PIN (with nothing after it, it only asks). */
  const presentedPins = (card: PivCard): string[] =>
    card.log.filter((command) => command.slice(2, 4) === '20' && command.length > 8);

  test('token.inspect sends the certificates themselves: the server can judge them by its own trust', async () => {
    const eca = await makeTestCa();
    const card = pivCard({ '9A': await eca.issue() });
    const inserted = await insert(card, port());
    const { task } = link.command({ action: 'token.inspect' });
    const report = reportOf(await link.outcome(task), tokenReport);
    const trust = readTrust(Buffer.from(eca.bundle), readFingerprints(eca.rootPin));
    const { outcome, ...rest } = report;
    if (outcome === 'missing') throw new Error('OpenSC is there');
    const judged = verdictOn(observe({ ...rest, outcome }, { platform: 'linux', env: {}, trust, now: NOW }));
    expect([judged.code, judged.about?.certificate.commonName]).toEqual(['confirmed', 'Lovelace.Ada.A0001']);
    expect(presentedPins(card)).toEqual([]);
    inserted.pull();
  });

  test('opensc.inspect tells that the module is there, and its version', async () => {
    const { task } = link.command({ action: 'opensc.inspect' });
    const report = reportOf(await link.outcome(task), openscReport);
    expect(report).toEqual({ present: true, version: expect.stringMatching(/^0\.\d+/) });
  });

  test('token.watch tells what is so at the start, each insertion and each removal, and ends with the next', async () => {
    const first = watch();
    await seesOf(first, 1);
    const card = await insert(pivCard({}), port());
    await seesOf(first, 2);
    card.pull();
    await seesOf(first, 3);
    expect(seen(first)).toEqual([false, true, false]);
    const again = await insert(pivCard({}), port());
    await seesOf(first, 4);
    const second = watch();
    expect(reportOf(await link.outcome(first), watchReport)).toEqual({ present: true });
    await seesOf(second, 1);
    expect(seen(second)).toEqual([true]);
    // A look at the token goes on beside the watch.
    const { task } = link.command({ action: 'token.inspect' });
    expect(reportOf(await link.outcome(task), tokenReport).outcome).toBe('looked');
    again.pull();
  });

  test('after a lost link the server is told again what is so', async () => {
    const task = watch();
    const card = await insert(pivCard({}), port());
    await link.frame('seen', (frame) => frame.task === task && frame.present);
    link.cut();
    link = await server.link();
    await link.frame('began', (frame) => frame.task === task);
    await link.frame('seen', (frame) => frame.task === task && frame.present);
    card.pull();
  });

  test('nothing of a token gets into the log but that it was looked at', async () => {
    const eca = await makeTestCa();
    const card = await insert(pivCard({ '9A': await eca.issue() }), port());
    const { task } = link.command({ action: 'token.inspect' });
    await link.outcome(task);
    const log = startAgent(['log', '--home', home.path]);
    await log.ended;
    expect(log.text).toContain('Done: look at the token and its certificates (never the PIN).');
    expect(log.text).not.toContain('Lovelace');
    card.pull();
  });
});
