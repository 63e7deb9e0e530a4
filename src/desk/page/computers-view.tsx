import type { AgentState, Agents, Computer } from '../wire.ts';
import { api } from './api.ts';
import { computerStates, stateParts } from './computer-words.tsx';
import { useDesk } from './desk-context.ts';
import { Empty, Fault, Loading } from './empty.tsx';
import { type Route, writeRoute } from './route.ts';
import { StopAgents } from './stop-agents.tsx';
import { momentOf } from './time.ts';
import { useLoaded } from './use-loaded.ts';
import { ViewTitle } from './view-title.tsx';

const modes: Readonly<Record<Agents['mode'], string>> = {
  off: 'Now they may do nothing at all.',
  look: 'They may look at the system, OpenSC and the token, and change nothing.',
  change:
    'They may look at the system, OpenSC and the token; and install OpenSC and restart, each on a yes at the computer.',
};

/** Paired computers: whose they are, whether they are there, and for leads the way to stop them all. */
export function ComputersView({ route }: { route: Route }) {
  const { data, fault } = useLoaded(useDesk(), 'computers', api.agents);
  const paired = data ? data.counts.connected + data.counts.offline + data.counts.disabled : 0;
  return (
    <>
      <ViewTitle>Computers</ViewTitle>
      <p class="lead">
        Computers that employees have paired, so that the agent there proves steps. {data && modes[data.mode]}
      </p>
      {fault && <Fault words={fault} />}
      {!data && !fault && <Loading />}
      {data && <StopAgents paired={paired} />}
      {data?.items.length === 0 && (
        <Empty title="No computer is paired">
          Whoever types <kbd>pair</kbd> to the bot, and runs the agent with the code they get, appears here at
          once.
        </Empty>
      )}
      {data &&
        computerStates.map(([state, title]) => (
          <Group
            key={state}
            state={state}
            title={title}
            count={data.counts[state]}
            computers={data.items.filter((one) => one.state === state)}
            route={route}
          />
        ))}
    </>
  );
}

interface GroupProps {
  state: AgentState;
  title: string;
  /** Of all, those that are not listed included. */
  count: number;
  computers: readonly Computer[];
  route: Route;
}

function Group({ state, title, count, computers, route }: GroupProps) {
  if (count === 0) return null;
  return (
    <section class="group" aria-labelledby={`computers-${state}`}>
      <h3 id={`computers-${state}`}>
        {title} <span class="count">{count}</span>
      </h3>
      <ul class="people">
        {computers.map((computer) => (
          <Row key={computer.id} computer={computer} route={route} />
        ))}
      </ul>
      {computers.length < count && (
        <p class="quiet">{`${computers.length} of ${count} are shown, the latest first.`}</p>
      )}
    </section>
  );
}

function Row({ computer, route }: { computer: Computer; route: Route }) {
  const { now } = useDesk();
  const { id, journeyId, person, hostname, system, state, step, heardAt, unpairedAt } = computer;
  const open = route.person === journeyId;
  const [state1, state2] = stateParts(computer, now);
  const moment = unpairedAt ?? heardAt;
  return (
    <li class={open ? 'person open' : 'person'}>
      <div class="who">
        <a
          // A person has one paired computer, and maybe earlier ones.
          id={state === 'unpaired' ? `computer-${id}` : `person-${journeyId}`}
          href={writeRoute({ ...route, person: journeyId })}
          aria-current={open ? 'true' : undefined}
        >
          {person ?? 'An employee'}
        </a>
      </div>
      <p class="where">
        <strong>{hostname}</strong>
        <span class="number">{system}</span>
      </p>
      <p class="time" title={moment ? momentOf(moment) : undefined}>
        <strong>{state1}</strong> <span>{state2}</span>
      </p>
      <p class="why">
        {step && (
          <>
            <span class="number">{`Step ${step.number} of ${step.of}`}</span> {step.title}
          </>
        )}
      </p>
    </li>
  );
}
