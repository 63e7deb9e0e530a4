import { useState } from 'preact/hooks';
import type { Call, JourneyItem } from '../wire.ts';
import { api } from './api.ts';
import { useDesk } from './desk-context.ts';
import { expectFocus } from './focus.ts';
import { nameOf } from './names.ts';
import { Sure } from './sure.tsx';
import { useAct } from './use-act.ts';

interface Props {
  call: Call;
  person: JourneyItem;
  /** Where on the page: the same call may stand in the list and in the story beside it. */
  place: 'list' | 'story';
}

/** Claim and Resolve, and who has claimed. Resolving is told to the employee, so it is asked about once. */
export function CallActions({ call, person, place }: Props) {
  const { me } = useDesk();
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  const name = nameOf(person);
  const id = (verb: string) => `${place}-${verb}-${call.id}`;
  const { claimed } = call;

  const claim = async () => {
    expectFocus(id('resolve'));
    await act(() => api.claim(call.id), `The call is yours. ${name} has been told that you are on it.`);
  };
  const resolve = async () => {
    if (await act(() => api.resolve(call.id), `Resolved. ${name} has been told.`)) setAsking(false);
  };
  const back = () => {
    expectFocus(id('resolve'));
    setAsking(false);
  };

  return (
    <div class="actions">
      {claimed && <p class="hands">{claimed.id === me.id ? 'You are on it' : `${claimed.name} is on it`}</p>}
      {asking ? (
        <Sure id={id('sure')} yesLabel={`Tell ${name} it is solved`} busy={busy} yes={resolve} no={back} />
      ) : (
        <>
          {!claimed && (
            <button
              id={id('claim')}
              type="button"
              class="button primary"
              aria-disabled={busy}
              onClick={() => void claim()}
            >
              Claim<span class="unseen"> the call of {name}</span>
            </button>
          )}
          <button
            id={id('resolve')}
            type="button"
            class="button"
            aria-disabled={busy}
            onClick={() => setAsking(true)}
          >
            Resolve<span class="unseen"> the call of {name}</span>
          </button>
        </>
      )}
    </div>
  );
}
