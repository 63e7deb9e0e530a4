import type {
  EscalationItem,
  Funnel,
  JourneyDetail,
  JourneyItem,
  KnownIssueItem,
  ProblemDetails,
  Status,
} from '../wire.ts';

/** The console's own server. Its answers were checked there against the same shapes. */
async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
  });
  if (response.status === 401) location.reload();
  if (!response.ok) {
    const problem: ProblemDetails = await response.json();
    throw new Error(problem.detail ?? problem.title);
  }
  return response.json();
}

function send(path: string, body?: object): Promise<unknown> {
  const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return ask(path, { method: 'POST', ...content });
}

export const api = {
  journeys: (status: Status, q: string) =>
    ask<{ items: JourneyItem[] }>(
      `/journeys?status=${status}${q === '' ? '' : `&q=${encodeURIComponent(q)}`}`,
    ),
  journey: (id: string) => ask<JourneyDetail>(`/journeys/${id}`),
  escalations: () => ask<{ items: EscalationItem[] }>('/escalations'),
  knownIssues: () => ask<{ items: KnownIssueItem[] }>('/known-issues'),
  funnel: () => ask<Funnel>('/funnel'),
  claim: (id: string) => send(`/escalations/${id}/claim`),
  resolve: (id: string) => send(`/escalations/${id}/resolve`),
  setIssue: (id: string, open: boolean) => send(`/known-issues/${id}`, { open }),
};
