/** Run by `npm ci`: makes the empty database that the first start unpacks, so that it need not wait for one. */
import { prepare } from '../src/store/prepared.ts';

await prepare();
process.exit(0);
