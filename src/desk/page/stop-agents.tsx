import { useState } from 'preact/hooks';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import { expectFocus } from './focus.ts';
import { Sure } from './sure.tsx';
import { useAct } from './use-act.ts';

/** Stops all agents at once: for leads, who are asked once. While they are stopped, the banner has the way back. */
export function StopAgents({ paired }: { paired: number }) {
  const { me, summary } = useDesk();
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  if (!summary?.agents || summary.agents.stopped) return null;
  if (!me.lead)
    return <p class="quiet">Should they do harm, a lead of the help desk can stop all of them here.</p>;

  const no = () => {
    expectFocus('agents-stop');
    setAsking(false);
  };
  return (
    <section class="stop-all" aria-labelledby="stop-all">
      <h3 id="stop-all">Should they do harm</h3>
      {asking ? (
        <Sure
          id="agents-stop-sure"
          yesLabel="Stop all agents now"
          noLabel="Leave them"
          danger
          busy={busy}
          yes={() => act(api.stopAgents, 'All agents are stopped.')}
          no={no}
        >
          {`Within two seconds ${paired === 1 ? 'the one paired computer' : `all ${paired} paired computers`} may do nothing any more, and nobody can pair one. Employees go on by hand. It holds until a lead lets them work again.`}
        </Sure>
      ) : (
        <button id="agents-stop" type="button" class="button danger" onClick={() => setAsking(true)}>
          Stop all agents
        </button>
      )}
    </section>
  );
}
