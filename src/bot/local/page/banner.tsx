import { useEffect, useState } from 'preact/hooks';
import type { LineState } from './line.ts';

/** A blink of the line is nobody's concern. */
const grace = 1_200;
const lingers = 2_500;

type Told = 'nothing' | 'lost' | 'regained';

/** Says that the connection is lost, and that it is back. */
export function Banner({ line }: { line: LineState }) {
  const [told, setTold] = useState<Told>('nothing');

  useEffect(() => {
    if (line === 'lost' && told !== 'lost') return later(() => setTold('lost'), grace);
    if (line === 'open' && told === 'lost') setTold('regained');
    if (line === 'open' && told === 'regained') return later(() => setTold('nothing'), lingers);
    return undefined;
  }, [line, told]);

  return (
    <div class={`banner banner-${told}`} role="status">
      {told === 'lost' && 'Connection lost. Trying to get back; what you typed is kept.'}
      {told === 'regained' && 'Connected again.'}
    </div>
  );
}

function later(act: () => void, wait: number): () => void {
  const timer = window.setTimeout(act, wait);
  return () => window.clearTimeout(timer);
}
