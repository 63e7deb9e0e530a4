import { z } from 'zod';
import * as wire from '../wire.ts';

// The page's content security policy allows no code made at run time.
z.config({ jitless: true });

/** The session is over, or never was. */
export class SignedOut extends Error {
  override name = 'SignedOut';
}

/** The server gave no answer, or none that is its own. */
export class Unreachable extends Error {
  override name = 'Unreachable';
  constructor() {
    super('The server cannot be reached. Check your connection; this page keeps trying.');
  }
}

/** What the server refused; `message` is for the person, `code` for the page. */
export class Refused extends Error {
  override name = 'Refused';
  readonly code: string;
  constructor(problem: wire.ProblemDetails) {
    super(problem.detail ?? problem.title);
    this.code = problem.code;
  }
}

async function ask<T>(shape: z.ZodType<T>, path: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, init).catch(() => {
    throw new Unreachable();
  });
  if (answer.status === 401) throw new SignedOut('Your session has ended.');
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return shape.parse(body);
  const problem = wire.problem.safeParse(body);
  throw problem.success ? new Refused(problem.data) : new Unreachable();
}

function post<T>(shape: z.ZodType<T>, path: string, body?: object): Promise<T> {
  if (!body) return ask(shape, path, { method: 'POST' });
  const headers = { 'content-type': 'application/json' };
  return ask(shape, path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Whatever is empty is not asked for. */
function query(filter: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(filter).filter((pair): pair is [string, string] => !!pair[1]);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

export interface JourneyFilter {
  status: wire.Status;
  q: string;
  step: string | null;
  cursor?: string | undefined;
}

export interface CallFilter {
  status: 'open' | 'claimed';
  urgent: 'true' | 'false';
  cursor?: string | undefined;
}

export const api = {
  me: () => ask(wire.me, '/me'),
  summary: () => ask(wire.summary, '/summary'),
  journeys: (filter: JourneyFilter) => ask(wire.journeyPage, `/journeys${query({ ...filter })}`),
  journey: (id: string, cursor?: string) =>
    ask(wire.journeyDetail, `/journeys/${encodeURIComponent(id)}${query({ cursor })}`),
  calls: (filter: CallFilter) => ask(wire.escalationPage, `/escalations${query({ ...filter })}`),
  claim: (id: string) => post(wire.call, `/escalations/${id}/claim`),
  resolve: (id: string) => post(wire.call, `/escalations/${id}/resolve`),
  knownIssues: () => ask(wire.knownIssues, '/known-issues'),
  setIssue: (id: string, open: boolean) =>
    post(wire.knownIssue, `/known-issues/${encodeURIComponent(id)}`, { open }),
  agents: () => ask(wire.agents, '/agents'),
  stopAgents: () => post(wire.agents, '/agents/stop'),
  resumeAgents: () => post(wire.agents, '/agents/resume'),
  unpair: (journey: string) => post(wire.unpaired, `/journeys/${encodeURIComponent(journey)}/unpair`),
  funnel: () => ask(wire.funnel, '/funnel'),
};

/** Ends the session; the answer's redirect is of no use here. */
export async function signOut(): Promise<void> {
  await fetch('/desk/sign-out', { method: 'POST', redirect: 'manual' }).catch(() => {
    throw new Unreachable();
  });
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
