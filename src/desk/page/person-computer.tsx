import { useState } from 'preact/hooks';
import type { Agent } from '../wire.ts';
import { api } from './api.ts';
import { ComputerState } from './computer-words.tsx';
import { useDesk } from './desk-context.ts';
import { expectFocus } from './focus.ts';
import { Sure } from './sure.tsx';
import { ago, momentOf } from './time.ts';
import { useAct } from './use-act.ts';

/** The computer that is paired with somebody's journey, and the way to end that. */
export function PersonComputer({ computer, name }: { computer: Agent; name: string }) {
  const { now, summary } = useDesk();
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  const { hostname, system, pairedAt, journeyId } = computer;
  const no = () => {
    expectFocus('unpair');
    setAsking(false);
  };
  return (
    <section aria-labelledby="story-computer">
      <h3 id="story-computer">Paired computer</h3>
      <div class="card" data-home="story">
        <div class="card-words">
          <h4>{hostname}</h4>
          <ComputerState computer={computer} now={now} />
          <p class="quiet" title={momentOf(pairedAt)}>
            {[system, `paired ${ago(pairedAt, now)}`].filter((part) => part !== '').join(' · ')}
          </p>
          {summary?.agents?.stopped && <p>All agents are stopped: it may do nothing now.</p>}
        </div>
        <div class="actions">
          {asking ? (
            <Sure
              id="unpair-sure"
              yesLabel={`Unpair ${hostname}`}
              noLabel="Leave it"
              busy={busy}
              yes={() => act(() => api.unpair(journeyId), `Unpaired. ${name} has been told.`)}
              no={no}
            >
              {`It can do and prove nothing for ${name} any more; the steps go on by hand. ${name} is told, and can pair it again with a new code.`}
            </Sure>
          ) : (
            <button id="unpair" type="button" class="button" onClick={() => setAsking(true)}>
              Unpair<span class="unseen"> {hostname}</span>
            </button>
          )}
        </div>
      </div>
    </section>
  );
}
