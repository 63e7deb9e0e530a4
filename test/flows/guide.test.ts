import { describe, expect, it } from 'vitest';
import { builtInFlow } from '../support/built-in-flow.ts';

/** Every row of the company's guide: the steps that carry it, and words that must be in them. */
const rows: [row: string, steps: string[], words: RegExp][] = [
  ['0a', ['windows-computer'], /normally work on a Mac, find a Windows computer/],
  ['0b', ['set-usb-aside', 'usb-port'], /Do not insert it yet[\s\S]*accepts USB-A/],
  ['1', ['at-windows'], /runs \*\*Windows\*\*\. If it is not, go and find one/],
  ['2', ['opensc-download'], /`OpenSC-\d\S+64\.msi`/],
  ['3', ['opensc-find'], /\*\*downloads\*\*, or the \*\*Downloads\*\* folder/],
  ['4', ['opensc-install'], /Click the installer.*install the software/],
  ['5', ['opensc-typical'], /Choose \*\*Typical\*\*/],
  ['6', ['restart'], /\*\*restart\*\* the Windows computer/],
  ['7', ['log-back-in'], /\*\*Log back in\*\*/],
  ['8', ['find-email'], /\*\*Your IdenTrust-Issued DoD ECA Certificate is Ready! Retrieve it Today\*\*/],
  ['9', ['open-email'], /Open it/],
  ['10', ['follow-link'], /www\.identrust\.com\/install/],
  ['11', ['im-ready'], /"I'm Ready - Please Check if my System is Ready"/],
  ['12', ['activation-code'], /\*\*activation code\*\* from the e-mail into the \*\*first\*\* field/],
  ['13', ['password-field'], /password you created when you applied[\s\S]*Not the Account Number/],
  ['14', ['forgot-password', 'login-worked'], /"I forgot my password"/],
];

describe('the built-in flow', () => {
  const flow = builtInFlow();
  const byIt = builtInFlow({ 'opensc-by-it': true });

  it.each(rows)('carries row %s of the guide', (row, ids, words) => {
    const steps = flow.steps.filter((step) => step.guide.includes(row));
    expect(steps.map((s) => s.id)).toEqual(ids);
    expect(steps.map((s) => s.body).join('\n')).toMatch(words);
  });

  it('knows no row that the guide does not have', () => {
    const named = new Set([...flow.steps, ...byIt.steps].flatMap((step) => step.guide));
    expect([...named].sort()).toEqual(rows.map(([row]) => row).sort());
  });

  it.each([
    ['with OpenSC installed by hand', flow],
    ['with OpenSC installed by IT', byIt],
  ])('keeps the order of the guide %s', (_, { steps }) => {
    const order = rows.map(([row]) => row);
    const told = steps.flatMap((step) => step.guide).filter((row, i, all) => all.indexOf(row) === i);
    expect(told).toEqual(order);
  });

  it('says of no step that it comes from the guide unless it is about what the guide says', () => {
    const claims = flow.steps.filter((s) => s.source === 'guide' && s.guide.length === 0).map((s) => s.id);
    // The guide's row 13 is where the application password is explained; the preflight only looks ahead to it.
    expect(claims).toEqual(['application-password']);
  });

  it('leaves OpenSC to IT where the organisation says so', () => {
    const installs = (f: typeof flow) => f.steps.filter((step) => step.actions.includes('opensc.install'));
    expect(installs(flow).map((s) => s.id)).toEqual(['opensc-download']);
    expect(installs(byIt)).toEqual([]);
    expect(byIt.byId.get('opensc-there')?.title).toBe('Check that OpenSC is there');
    expect(flow.byId.has('opensc-there')).toBe(false);
    expect(byIt.problemById.has('no-administrator-rights')).toBe(false);
  });

  it('asks for the token only after the web site has been reached', () => {
    const place = (id: string) => flow.byId.get(id)?.index ?? Number.NaN;
    const tokens = flow.steps.filter((s) => s.evidence.includes('token-present')).map((s) => s.id);
    expect(tokens).toEqual(['insert-token']);
    expect(place('insert-token')).toBeGreaterThan(place('what-you-see'));
    expect(flow.byId.get('what-you-see')?.answers.find((a) => a.to === 'insert-token')?.label).toMatch(
      /asks me to insert/,
    );
  });

  it('keeps what is typed to itself wherever a secret is near', () => {
    const secret = /password|passcode|PIN|activation code|security question/i;
    const near = flow.steps.filter((s) => secret.test(s.title)).map((s) => s.id);
    expect(near.length).toBeGreaterThan(5);
    expect(flow.steps.filter((s) => near.includes(s.id) && !s.secret).map((s) => s.id)).toEqual([]);
  });

  it('names no telephone number, no default PIN, and no sender unless one is configured', () => {
    const words = JSON.stringify([flow.steps, [...flow.problemById.values()], flow.end]);
    expect(words).not.toMatch(/\d{3}[-. )]+\d{3}[-. ]+\d{4}/);
    expect(words).not.toMatch(/default PIN|\b123456\b/i);
    expect(words).not.toMatch(/It comes from/);
  });

  it('has a reason of its own for the known login bug, and calls it known to the help desk', () => {
    expect(flow.issues).toMatchObject([
      { id: 'identrust-login-bug', open: true, reason: 'identrust-login-bug' },
    ]);
    expect(flow.byId.get('forgot-password')?.body).toMatch(/known to our help desk/);
  });
});
