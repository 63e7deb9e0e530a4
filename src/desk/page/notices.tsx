import { useCallback, useEffect, useState } from 'preact/hooks';

interface Notice {
  sentence: string;
  count: number;
}

interface Both {
  said: Notice;
  warned: Notice;
}

const none: Notice = { sentence: '', count: 0 };
const shownFor = 8_000;

/** What went well is shown for a while; what did not stays until it is put away or the next thing is done. */
export function useNotices() {
  const [notices, setNotices] = useState<Both>({ said: none, warned: none });
  const say = useCallback((sentence: string) => {
    setNotices(({ said }) => ({ said: { sentence, count: said.count + 1 }, warned: none }));
  }, []);
  const warn = useCallback((sentence: string) => {
    setNotices(({ warned }) => ({ said: none, warned: { sentence, count: warned.count + 1 } }));
  }, []);
  const putAway = useCallback(() => setNotices({ said: none, warned: none }), []);
  const { said } = notices;
  useEffect(() => {
    if (said.sentence === '') return;
    const timer = setTimeout(
      () => setNotices((now) => (now.said === said ? { ...now, said: none } : now)),
      shownFor,
    );
    return () => clearTimeout(timer);
  }, [said]);
  return { notices, say, warn, putAway };
}

export function Notices({ notices, putAway }: { notices: Both; putAway: () => void }) {
  const { said, warned } = notices;
  return (
    <div class="notices">
      <div role="status">
        {said.sentence && (
          <p key={said.count} class="notice">
            {said.sentence}
          </p>
        )}
      </div>
      <div role="alert">
        {warned.sentence && (
          <div key={warned.count} class="notice warned">
            <p>{warned.sentence}</p>
            <button type="button" class="button plain" onClick={putAway}>
              OK<span class="unseen">, put this away</span>
            </button>
          </div>
        )}
      </div>
    </div>
  );
}
