import type { Funnel } from '../wire.ts';

/** How many reached each step, went on, and are stuck there now. */
export function FunnelTable({ funnel }: { funnel: Funnel }) {
  return (
    <table>
      <caption>{`${funnel.started} began, ${funnel.done} are done`}</caption>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Came</th>
          <th scope="col">Went on</th>
          <th scope="col">Median</th>
          <th scope="col">Stuck now</th>
        </tr>
      </thead>
      <tbody>
        {funnel.steps.map((row) => (
          <tr key={row.step.id}>
            <th scope="row">{row.step.title}</th>
            <td>
              {row.entered}{' '}
              <meter min={0} max={Math.max(1, funnel.started)} value={row.entered} aria-hidden="true" />
            </td>
            <td>{row.finished}</td>
            <td>{row.medianMinutes === null ? '–' : `${Math.round(row.medianMinutes)} min`}</td>
            <td>{row.stuckNow === 0 ? '' : <strong>{row.stuckNow}</strong>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
