import { useCallback, useEffect, useState } from 'preact/hooks';

const moveEvery = 20_000;
const tolerated = 2_000;

/** The server's clock: this computer's may be wrong, and "for 2 h" must not. It moves on by itself. */
export function useServerClock(): { now: number; heardFrom: (asOf: string) => void } {
  const [ahead, setAhead] = useState(0);
  const [own, setOwn] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setOwn(Date.now()), moveEvery);
    return () => clearInterval(timer);
  }, []);
  const heardFrom = useCallback((asOf: string) => {
    const measured = Date.parse(asOf) - Date.now();
    setAhead((old) => (Math.abs(measured - old) > tolerated ? measured : old));
  }, []);
  return { now: own + ahead, heardFrom };
}
