import { render } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { EscalationItem, Funnel, JourneyDetail, JourneyItem, KnownIssueItem, Status } from '../wire.ts';
import { api } from './api.ts';
import { Calls } from './calls.tsx';
import './desk.css';
import { FunnelTable } from './funnel.tsx';
import { People } from './people.tsx';
import { Person } from './person.tsx';

const tabs: [Status, string][] = [
  ['stuck', 'Stuck'],
  ['waiting', 'Waiting'],
  ['active', 'Active'],
  ['paused', 'Paused'],
  ['done', 'Done'],
];

interface Board {
  people: JourneyItem[];
  calls: EscalationItem[];
  issues: KnownIssueItem[];
  funnel: Funnel;
}

function App() {
  const [status, setStatus] = useState<Status>('stuck');
  const [search, setSearch] = useState('');
  const [board, setBoard] = useState<Board | null>(null);
  const [person, setPerson] = useState<JourneyDetail | null>(null);
  const [fault, setFault] = useState('');

  const refresh = useCallback(async () => {
    try {
      const [people, calls, issues, funnel] = await Promise.all([
        api.journeys(status, search),
        api.escalations(),
        api.knownIssues(),
        api.funnel(),
      ]);
      setBoard({ people: people.items, calls: calls.items, issues: issues.items, funnel });
      setFault('');
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  }, [status, search]);

  useEffect(() => {
    void refresh();
    const stream = new EventSource('/desk/stream');
    stream.onmessage = () => void refresh();
    // The stream tells of this process only; others' news come with this.
    const timer = setInterval(() => void refresh(), 15_000);
    return () => {
      stream.close();
      clearInterval(timer);
    };
  }, [refresh]);

  const act = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
    await refresh();
  };
  const open = (id: string) => void act(api.journey(id).then(setPerson));

  return (
    <>
      <header>
        <h1>Help desk</h1>
        <form method="post" action="/desk/sign-out">
          <button type="submit">Sign out</button>
        </form>
      </header>
      <main>
        <p role="alert" class="fault">
          {fault}
        </p>
        {person ? (
          <Person detail={person} close={() => setPerson(null)} />
        ) : (
          board && (
            <>
              <section aria-labelledby="calls">
                <h2 id="calls">{`Calls for help (${board.calls.length})`}</h2>
                <Calls
                  items={board.calls}
                  open={open}
                  claim={(id) => void act(api.claim(id))}
                  resolve={(id) => void act(api.resolve(id))}
                />
              </section>
              <section aria-labelledby="people">
                <h2 id="people">People</h2>
                <div class="row">
                  {tabs.map(([id, label]) => (
                    <button key={id} type="button" aria-pressed={status === id} onClick={() => setStatus(id)}>
                      {label}
                    </button>
                  ))}
                  <label>
                    Search{' '}
                    <input
                      type="search"
                      value={search}
                      onInput={(event) => setSearch(event.currentTarget.value)}
                    />
                  </label>
                </div>
                <People items={board.people} open={open} />
              </section>
              <section aria-labelledby="issues">
                <h2 id="issues">Known issues</h2>
                {board.issues.map((issue) => (
                  <p class="row" key={issue.id}>
                    <span class={issue.open ? 'badge warning' : 'badge'}>
                      {issue.open ? 'Open' : 'Closed'}
                    </span>
                    <span>{issue.title}</span>
                    <button type="button" onClick={() => void act(api.setIssue(issue.id, !issue.open))}>
                      {issue.open ? 'Close' : 'Open'}
                    </button>
                  </p>
                ))}
              </section>
              <section aria-labelledby="funnel">
                <h2 id="funnel">Step by step</h2>
                <FunnelTable funnel={board.funnel} />
              </section>
            </>
          )
        )}
      </main>
    </>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
