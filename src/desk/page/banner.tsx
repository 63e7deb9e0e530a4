import type { Agents } from '../wire.ts';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import type { Link } from './live.ts';
import { momentOf, timeOf } from './time.ts';
import { useAct } from './use-act.ts';

/** What is wrong with the connection, that agents are stopped, and what one can do; empty while all is well. */
export function Banner({ link }: { link: Link }) {
  const { summary } = useDesk();
  const stopped = summary?.agents?.stopped;
  return (
    <div class="banner" role="status">
      {link === 'lost' && (
        <p>
          <strong>Connection lost.</strong> {summary && `What you see is from ${timeOf(summary.asOf)}. `}
          This page keeps trying by itself; if it goes on, check your network, or ask whoever runs ecadesk.
        </p>
      )}
      {stopped && <AgentsStopped stopped={stopped} />}
    </div>
  );
}

function AgentsStopped({ stopped: { by, at } }: { stopped: NonNullable<Agents['stopped']> }) {
  const { me } = useDesk();
  const { act, busy } = useAct();
  return (
    <div class="stopped">
      <p>
        <strong>All agents are stopped</strong>
        {`, since ${momentOf(at)}, by ${by}. Employees go on by hand.`}
        {!me.lead && ' A lead can let them work again.'}
      </p>
      {me.lead && (
        <button
          id="agents-resume"
          type="button"
          class="button"
          aria-disabled={busy}
          onClick={() => void act(api.resumeAgents, 'Agents may work again.')}
        >
          Let them work again
        </button>
      )}
    </div>
  );
}
