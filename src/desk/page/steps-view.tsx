import type { ComponentChildren } from 'preact';
import type { Funnel, FunnelStep } from '../wire.ts';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import { Empty, Fault, Loading } from './empty.tsx';
import { home, writeRoute } from './route.ts';
import { span } from './time.ts';
import { useLoaded } from './use-loaded.ts';
import { ViewTitle } from './view-title.tsx';

/** Where people are lost: each step with how many came, went on, and are stuck there now. */
export function StepsView() {
  const { data, fault } = useLoaded(useDesk(), 'funnel', api.funnel);
  return (
    <>
      <ViewTitle>Steps</ViewTitle>
      {fault && <Fault words={fault} />}
      {!data && !fault && <Loading />}
      {data?.started === 0 && (
        <Empty title="Nobody has begun yet">
          As soon as somebody does, this shows how far people come and where they stop.
        </Empty>
      )}
      {data && data.started > 0 && <Table funnel={data} />}
    </>
  );
}

function Table({ funnel }: { funnel: Funnel }) {
  const { started, done } = funnel;
  return (
    <div class="sheet">
      <table class="funnel">
        <caption>
          <strong>{`${started} ${started === 1 ? 'person has' : 'people have'} begun, ${done} ${done === 1 ? 'is' : 'are'} done.`}</strong>{' '}
          The time is the median from coming to a step to going on, nights and pauses included.
        </caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="figure">
              Entered
            </th>
            <th scope="col" class="figure">
              Finished
            </th>
            <th scope="col" class="figure">
              Median
            </th>
            <th scope="col" class="figure">
              Here now
            </th>
            <th scope="col" class="figure">
              Stuck now
            </th>
          </tr>
        </thead>
        {[...Map.groupBy(funnel.steps, (row) => row.section)].map(([section, rows]) => (
          <tbody key={section}>
            <tr class="section">
              <th scope="rowgroup" colSpan={6}>
                {section}
              </th>
            </tr>
            {rows.map((row) => (
              <Row key={row.step.id} row={row} most={started} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Row({ row, most }: { row: FunnelStep; most: number }) {
  const { step, entered, finished, medianMinutes, hereNow, stuckNow, detour } = row;
  const { summary } = useDesk();
  const shown = summary?.steps.some(({ id }) => id === step.id) ?? true;
  return (
    <tr class={stuckNow > 0 ? 'stuck' : undefined}>
      <th scope="row">
        <span class="step">
          <span class="number">{detour ? '↳' : step.number}</span>
          <span>
            {step.title}
            {detour && <span class="quiet"> (only for some)</span>}
            {!shown && <span class="quiet"> (not shown now: a known issue decides)</span>}
            <Bar entered={entered} finished={finished} most={most} />
          </span>
        </span>
      </th>
      <Figure label="Entered">{entered}</Figure>
      <Figure label="Finished">{finished}</Figure>
      <Figure label="Median">{medianMinutes === null ? '–' : shortly(medianMinutes)}</Figure>
      <Figure label="Here now">
        <People count={hereNow} step={step.id} status={null} words={`at “${step.title}” now`} />
      </Figure>
      <Figure label="Stuck now">
        <People count={stuckNow} step={step.id} status="stuck" words={`stuck at “${step.title}”`} />
      </Figure>
    </tr>
  );
}

/** On a phone the column's heading stands beside the figure; there is no room above. */
function Figure({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <td class="figure">
      <span class="label" aria-hidden="true">
        {label}
      </span>
      {children}
    </td>
  );
}

interface PeopleProps {
  count: number;
  step: string;
  status: 'stuck' | null;
  words: string;
}

/** The figure leads to the people it counts. */
function People({ count, step, status, words }: PeopleProps) {
  if (count === 0) return <span class="quiet">0</span>;
  return (
    <a
      id={`${status ?? 'here'}-${step}`}
      class={status === 'stuck' ? 'badge danger strong' : undefined}
      href={writeRoute({ ...home, status, step })}
    >
      {count}
      <span class="unseen"> {words}</span>
    </a>
  );
}

/** The figures beside it say the same. */
function Bar({ entered, finished, most }: { entered: number; finished: number; most: number }) {
  const part = (n: number) => (100 * n) / Math.max(1, most);
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="ground" width="100" height="6" />
      <rect class="came" width={part(entered)} height="6" />
      <rect class="went" width={part(finished)} height="6" />
    </svg>
  );
}

function shortly(minutes: number): string {
  return minutes < 1 ? '< 1 min' : span(minutes * 60_000);
}
