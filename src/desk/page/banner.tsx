import type { Link } from './live.ts';
import { timeOf } from './time.ts';

/** What is wrong with the connection, and what one can do; empty while all is well. */
export function Banner({ link, asOf }: { link: Link; asOf: string | null }) {
  return (
    <div class="banner" role="status">
      {link === 'lost' && (
        <p>
          <strong>Connection lost.</strong> {asOf && `What you see is from ${timeOf(asOf)}. `}
          This page keeps trying by itself; if it goes on, check your network, or ask whoever runs ecadesk.
        </p>
      )}
    </div>
  );
}
