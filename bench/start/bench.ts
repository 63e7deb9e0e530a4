import { type Measure, median } from '../report.ts';
import { inFolder } from '../support/databases.ts';
import { npmStart, startService } from '../support/service.ts';

const rounds = 3;

/** From `npm start` to ready, seen from outside: in an empty folder, after kill -9, and after an orderly end. */
export const measure: Measure = async (say) => {
  const seconds: Record<'first' | 'killed' | 'ended', number[]> = { first: [], killed: [], ended: [] };
  for (let i = 0; i < rounds; i++)
    await inFolder(async (folder) => {
      const once = async (end: 'term' | 'kill') => {
        const service = await startService(npmStart, { DATA_DIR: folder });
        await service.stop(end);
        return service.seconds;
      };
      seconds.first.push(await once('kill'));
      seconds.killed.push(await once('term'));
      seconds.ended.push(await once('term'));
      say(`${i + 1} of ${rounds}`);
    });
  const row = (name: string, numbers: readonly number[], within: number) => ({
    name: `npm start → ready, ${name}`,
    ours: median(numbers),
    unit: 's',
    goal: `under ${within} s`,
    met: median(numbers) < within,
  });
  return {
    rows: [
      row('first start', seconds.first, 5),
      row('after kill -9', seconds.killed, 2),
      row('after an orderly end', seconds.ended, 2),
    ],
    raw: seconds,
  };
};
