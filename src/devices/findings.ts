import { z } from 'zod';
import type { Trust } from '../agent/certificates/trust-bundle.ts';
import { observe, observeWithoutModule } from '../agent/observe.ts';
import {
  type ActionName,
  actionName,
  actions,
  type Outcome,
  type Report,
  systemReport,
} from '../agent/protocol.ts';
import { type Verdict, verdictOn } from '../agent/verdict.ts';
import type { JourneyEvent } from '../flows/event.ts';
import type { Evidence } from '../flows/flow.ts';
import { plain } from './talk/messages.ts';

/** What a computer's reports mean for the journey. Pure; certificates are judged here, whatever the agent says. */

export interface Circumstances {
  trust: Trust | null;
  now: Date;
  /** The version of OpenSC that the organisation has chosen; an older one is old. */
  openscVersion: string;
  /** Whether a person asked for it. */
  asked: boolean;
}

/** The events, and what is kept of the report once they have happened. */
export interface Findings {
  events: JourneyEvent[];
  kept: { status: 'done' | 'declined' | 'timed-out' | 'failed' } & Record<string, unknown>;
}

/** How a task ended: by the agent's word, or because its time was over (`code` says in which way). */
export type Ending = Outcome | { status: 'timed-out'; code: string };

/** Of a task that came to its end. A report that has not the action's own shape and size counts as a failure. */
export function findingsOf(action: string, outcome: Ending, around: Circumstances): Findings {
  const known = actionName.safeParse(action).data;
  if (known === undefined) return { events: [], kept: { status: statusOf(outcome) } };
  if (outcome.status !== 'done') return failure(known, outcome, around);
  const { report, bytes } = actions[known];
  const told = report.safeParse(outcome.report);
  if (!told.success || JSON.stringify(outcome.report).length > bytes)
    return failure(known, { status: 'failed', code: 'bad-report', message: '' }, around);
  return readers[known](outcome.report, around);
}

/** What the agent would not do counts as failed; why is in the code. */
const statusOf = ({ status }: Ending) => (status === 'refused' ? 'failed' : status);

type Reader = (report: unknown, around: Circumstances) => Findings;

const readers: Record<ActionName, Reader> = {
  'system.inspect': (report, around) => ofSystem(systemReport.parse(report), around),
  'opensc.inspect': (report, around) => ofOpensc(actions['opensc.inspect'].report.parse(report), around),
  'token.inspect': (report, around) => ofToken(actions['token.inspect'].report.parse(report), around),
  'token.watch': () => ({ events: [], kept: { status: 'done' } }),
  'opensc.install': (report, around) => {
    const { version, restartNeeded } = actions['opensc.install'].report.parse(report);
    const { events } = ofOpensc({ present: true, version }, around);
    return { events, kept: { status: 'done', version, restartNeeded } };
  },
  // A restart is proven by the time at which the computer says it came up, when it links again.
  'system.restart': () => ({ events: [], kept: { status: 'done' } }),
};

const proven = (fact: Evidence, subject?: string): JourneyEvent => ({
  type: 'proven',
  fact,
  ...(subject !== undefined && { subject }),
});

function ofSystem({ platform, arch, name }: Report<'system.inspect'>, { asked }: Circumstances): Findings {
  const kept = { status: 'done' as const, platform, arch };
  const no = (verdict: string, message: string): Findings => ({
    events: [{ type: 'disproven', fact: 'windows', verdict, message, asked }],
    kept: { ...kept, verdict },
  });
  if (platform !== 'win32')
    return no(
      'not-windows',
      `Find a Windows computer for these steps, please: this one runs ${plain(name)}, and they work on Windows only.`,
    );
  if (/^arm/i.test(arch))
    return no(
      'windows-on-arm',
      'Use another Windows computer if you can, or ask the help desk: this one has an ARM processor, for which there is no OpenSC installer.',
    );
  return { events: [proven('windows')], kept };
}

function ofOpensc({ present, version }: Report<'opensc.inspect'>, around: Circumstances): Findings {
  const { asked, openscVersion } = around;
  const kept = { status: 'done' as const, present, version };
  const no = (verdict: string, message: string): Findings => ({
    events: [{ type: 'disproven', fact: 'opensc-installed', verdict, message, asked }],
    kept: { ...kept, verdict },
  });
  if (!present)
    return no(
      'no-module',
      'Install OpenSC first: it is not on this computer yet. If you have just installed it, restart the computer.',
    );
  if (version !== null && isOlder(version, openscVersion))
    return no(
      'old-version',
      `Install OpenSC ${openscVersion}, please: this computer has the older version ${plain(version, 20)}.`,
    );
  return { events: [proven('opensc-installed')], kept };
}

/** By their numbers: 0.9 is older than 0.27, and 0.27.1-rc1 counts as 0.27.1. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => (text.match(/^\D*([\d.]+)/)?.[1] ?? '').split('.').map(Number);
  const [mine, theirs] = [numbers(version), numbers(than)];
  for (let i = 0; i < Math.max(mine.length, theirs.length); i++) {
    const [a = 0, b = 0] = [mine[i], theirs[i]];
    if (a !== b) return a < b;
  }
  return false;
}

const platformName = z.enum(['win32', 'linux', 'darwin', 'freebsd', 'openbsd']).catch('linux');

/** The agent's certificates, judged against the server's own trust, by the server's own clock. */
export function judgeToken(report: Report<'token.inspect'>, trust: Trust | null, now: Date): Verdict {
  const { outcome, detail, settled, system, look } = report;
  const env = report.remoteSession ? { SESSIONNAME: 'RDP-' } : {};
  const around = { platform: platformName.parse(report.platform), env, trust, now };
  if (outcome === 'missing') return verdictOn(observeWithoutModule(system, around));
  const looked = outcome === 'looked' && look === null ? 'failed' : outcome;
  return verdictOn(observe({ outcome: looked, detail, settled, system, look }, around));
}

/** Verdicts that say nothing about whether a token is in. */
const blind = new Set(['no-module', 'no-service', 'module-failed', 'timed-out']);
const none = new Set(['no-token', 'no-reader']);

function ofToken(report: Report<'token.inspect'>, { trust, now, asked }: Circumstances): Findings {
  const { code: verdict, message, about } = judgeToken(report, trust, now);
  const kept = { status: 'done' as const, verdict, certificate: about?.certificate.sha256 ?? null };
  const disproven = (fact: Evidence): JourneyEvent => ({ type: 'disproven', fact, verdict, message, asked });
  const seen = (fact: Evidence): JourneyEvent => ({ ...proven(fact), ...(asked && { asked }) });
  if (verdict === 'confirmed') {
    const subject = plain(about?.certificate.commonName ?? '', 120);
    return { events: [proven('token-present'), proven('certificate', subject)], kept };
  }
  const certificate = disproven('certificate');
  if (isAbsent(verdict, report))
    return { events: [seen('token-absent'), disproven('token-present'), certificate], kept };
  if (!blind.has(verdict) && !none.has(verdict))
    return { events: [seen('token-present'), certificate], kept };
  // Who asks is answered at each step, also when the look could not tell whether one is in.
  const unclear: JourneyEvent[] = asked
    ? [
        { type: 'disproven', fact: 'token-absent', verdict, message: lookYourself, asked },
        disproven('token-present'),
      ]
    : [];
  return { events: [...unclear, certificate], kept };
}

const lookYourself = 'Look at the computer yourself, please: it cannot tell me whether a token is in.';

/**
 * The readers say whether one is in, also without software for tokens. "No token" of a reader in which something is,
 * or of one that comes and goes, is no proof that none is in.
 */
function isAbsent(verdict: string, { settled, system }: Report<'token.inspect'>): boolean {
  const empty = system.readers.every(({ card }) => card === 'absent' || card === 'unknown');
  const told = none.has(verdict) || (verdict === 'no-module' && system.service === 'running');
  return told && settled && empty;
}

const sentences: Readonly<Record<string, string>> = {
  declined: 'Your computer did nothing, because somebody there said no. You can do this step by hand.',
  'timed-out':
    'Your computer did nothing, because nobody answered there in time. You can do this step by hand.',
  offline: 'Your computer cannot be reached: is it on, and are you on the VPN? You can do this step by hand.',
  'switched-off':
    'You have switched the agent off at the computer. Switch it on again, or do this step by hand.',
  'not-allowed':
    'Your organisation does not let the computer do this by itself. Please do this step by hand.',
  'bad-report': 'Your computer gave an answer that I do not understand. Please do this step by hand.',
};

type Failure = Exclude<Ending, { status: 'done' }>;

function failure(action: ActionName, outcome: Failure, { asked }: Circumstances): Findings {
  const code = 'code' in outcome ? outcome.code : outcome.status;
  const kept = { status: statusOf(outcome), code };
  if (action === 'token.watch') return { events: [], kept };
  const own = 'message' in outcome && outcome.message !== '' ? `: “${plain(outcome.message, 200)}”` : '';
  const message =
    (Object.hasOwn(sentences, code) ? sentences[code] : undefined) ??
    `Your computer could not do it${own}. You can do this step by hand, or ask the help desk.`;
  return { events: [{ type: 'action-failed', action, code, message, asked }], kept };
}
