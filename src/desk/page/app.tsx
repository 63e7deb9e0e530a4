import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Me } from '../wire.ts';
import { api, SignedOut, wordsOf } from './api.ts';
import { Banner } from './banner.tsx';
import { useServerClock } from './clock.ts';
import { type Desk, DeskContext } from './desk-context.ts';
import { keepFocus } from './focus.ts';
import { Gate, type Why } from './gate.tsx';
import { Header } from './header.tsx';
import { useLive } from './live.ts';
import { Notices, useNotices } from './notices.tsx';
import { PersonPanel } from './person-panel.tsx';
import { useRoute } from './route.ts';
import { useLoaded } from './use-loaded.ts';
import { CurrentView } from './view.tsx';

type Session = { state: 'asking' } | { state: 'out'; why: Why } | { state: 'in'; me: Me };

const askAgainAfter = 5_000;

/** Who sits here decides between the gate and the desk. At the gate it is asked again: signing in happens elsewhere. */
export function App() {
  const [session, setSession] = useState<Session>({ state: 'asking' });
  const [fault, setFault] = useState<string | null>(null);
  const ask = useCallback(async () => {
    try {
      setSession({ state: 'in', me: await api.me() });
      setFault(null);
    } catch (error) {
      if (error instanceof SignedOut)
        setSession((old) => (old.state === 'out' ? old : { state: 'out', why: 'never' }));
      else setFault(wordsOf(error));
    }
  }, []);
  const inside = session.state === 'in';
  useEffect(() => {
    if (inside) return;
    void ask();
    const timer = setInterval(() => void ask(), askAgainAfter);
    return () => clearInterval(timer);
  }, [inside, ask]);
  useEffect(() => keepFocus(), []);

  const leave = useCallback((why: Why) => {
    // An answer that was still on its way says that the session is over; whoever signed out knows.
    setSession((old) => (why === 'ended' && old.state === 'out' ? old : { state: 'out', why }));
  }, []);
  if (session.state === 'in') return <Board me={session.me} leave={leave} />;
  if (session.state === 'out') return <Gate why={session.why} fault={fault} />;
  return <main class="gate">{fault ? <p role="alert">{fault}</p> : <p class="quiet">One moment…</p>}</main>;
}

function Board({ me, leave }: { me: Me; leave: (why: Why) => void }) {
  const route = useRoute();
  const { tick, link, look } = useLive();
  const { now, heardFrom } = useServerClock();
  const { notices, say, warn, putAway } = useNotices();
  const signedOut = useCallback(() => leave('ended'), [leave]);
  const { data: summary } = useLoaded({ tick, heardFrom, signedOut }, 'summary', api.summary);
  const desk = useMemo<Desk>(
    () => ({ me, summary, tick, look, now, heardFrom, say, warn, signedOut }),
    [me, summary, tick, look, now, heardFrom, say, warn, signedOut],
  );
  return (
    <DeskContext.Provider value={desk}>
      <button type="button" class="skip" onClick={focusView}>
        Skip to the list
      </button>
      <Header route={route} link={link} signedOut={() => leave('left')} />
      <Banner link={link} />
      <main class={route.person ? 'board beside' : 'board'}>
        <div class="list">
          <CurrentView route={route} />
        </div>
        {route.person && <PersonPanel key={route.person} id={route.person} route={route} />}
      </main>
      <Notices notices={notices} putAway={putAway} />
    </DeskContext.Provider>
  );
}

/** Not a link: the address says which view is shown. */
function focusView(): void {
  document.getElementById('view')?.focus();
}
