import type { KnownIssueItem } from '../wire.ts';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import { Empty, Fault, Loading } from './empty.tsx';
import { home, writeRoute } from './route.ts';
import { momentOf } from './time.ts';
import { useAct } from './use-act.ts';
import { useLoaded } from './use-loaded.ts';
import { ViewTitle } from './view-title.tsx';

/** Known issues: while one is open, employees are shown the way around it. */
export function IssuesView() {
  const { data, fault } = useLoaded(useDesk(), 'issues', api.knownIssues);
  return (
    <>
      <ViewTitle>Known issues</ViewTitle>
      <p class="lead">
        Faults of others that employees run into. Open one while the fault is there, close it when it is gone:
        people at its steps are moved to the right one and told.
      </p>
      {fault && <Fault words={fault} />}
      {!data && !fault && <Loading />}
      {data?.items.length === 0 && (
        <Empty title="No known issues">A procedure can name some; this one names none.</Empty>
      )}
      <ul class="cards">
        {data?.items.map((issue) => (
          <Issue key={issue.id} issue={issue} />
        ))}
      </ul>
    </>
  );
}

function Issue({ issue }: { issue: KnownIssueItem }) {
  const { me } = useDesk();
  const { act, busy } = useAct();
  const { open, title, calls } = issue;
  const toggle = () =>
    void act(
      () => api.setIssue(issue.id, !open),
      `${open ? 'Closed' : 'Opened'}. People at its steps have been moved and told.`,
    );
  return (
    <li class={open ? 'card issue open' : 'card issue'} data-home={`issue-${issue.id}`}>
      <div class="card-words">
        <p class="who">
          <span class={open ? 'badge warning strong' : 'badge success strong'}>
            {open ? 'Open' : 'Closed'}
          </span>
          <span class="quiet">{changed(issue, me.id)}</span>
        </p>
        <h3>{title}</h3>
        <Meaning issue={issue} />
        {calls.open > 0 && (
          <p>
            <a href={writeRoute({ ...home, view: 'calls' })}>
              {`${calls.open} unresolved ${calls.open === 1 ? 'call' : 'calls'}`}
            </a>
            {` with the reason “${calls.reason.text}”`}
          </p>
        )}
      </div>
      <div class="actions">
        <button id={`issue-${issue.id}`} type="button" class="button" aria-disabled={busy} onClick={toggle}>
          {open ? 'Close: the fault is gone' : 'Open: the fault is back'}
          <span class="unseen">: {title}</span>
        </button>
      </div>
    </li>
  );
}

function changed({ open, changedAt, changedBy, changedByName }: KnownIssueItem, me: string): string {
  const when = momentOf(changedAt);
  if (changedBy === 'flow') return `As the procedure has it, since ${when}`;
  const who = changedBy === me ? 'you' : (changedByName ?? changedBy);
  return `${open ? 'Opened' : 'Closed'} by ${who}, ${when}`;
}

/** What employees see now because of it, and what they would see otherwise. */
function Meaning({ issue: { open, steps } }: { issue: KnownIssueItem }) {
  const now = open ? 'open' : 'closed';
  const shown = steps.filter((step) => step.shownWhile === now);
  const others = steps.filter((step) => step.shownWhile !== now);
  if (steps.length === 0) return <p>No step of the procedure depends on it now.</p>;
  return (
    <dl class="facts">
      <dt>Employees are now shown</dt>
      <dd>
        {shown.length > 0 ? shown.map((step) => <StepName key={step.id} step={step} />) : 'no extra step'}
      </dd>
      <dt>{open ? 'Once it is closed' : 'While it is open'}</dt>
      <dd>{others.length > 0 ? others.map(({ title }) => title).join(', ') : 'no extra step'}</dd>
    </dl>
  );
}

function StepName({ step: { id, title, hereNow } }: { step: KnownIssueItem['steps'][number] }) {
  return (
    <span class="step-name">
      {`${title}: `}
      {hereNow > 0 && (
        <a
          href={writeRoute({ ...home, step: id })}
        >{`${hereNow} ${hereNow === 1 ? 'person is' : 'people are'} there`}</a>
      )}
      {hereNow === 0 && <span class="quiet">nobody is there</span>}
    </span>
  );
}
