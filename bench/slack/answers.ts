import { overHttp, People } from '../../test/support/slack/people.ts';
import { SlackServer } from '../../test/support/slack/server.ts';
import { Walker } from '../../test/support/slack/walker.ts';
import { inFolder } from '../support/databases.ts';
import { startProgram, stopProgram } from '../support/program.ts';
import { ecadesk, secret, slackOf } from './candidates.ts';

/** What ecadesk shows after "I'm stuck" and after the way back: the peers answer with the very same. */
export async function recordAnswers(): Promise<string> {
  const slack = await SlackServer.start();
  slack.model.addUser('UBARE');
  return inFolder(async (folder) => {
    const program = await startProgram(ecadesk.program, {
      ...slackOf(slack),
      ...ecadesk.env,
      DATA_DIR: folder,
    });
    try {
      const people = new People(slack, overHttp(`${program.address}/slack/events`, secret));
      const walker = new Walker(slack, people, 'UBARE');
      await people.say('UBARE', 'start');
      const shown = async (verb: string) => {
        const card = await walker.card((one) => JSON.stringify(one.blocks).includes(`"${verb}|`));
        return { text: card.text, blocks: card.blocks };
      };
      const step = await shown('stuck');
      await people.press('UBARE', "I'm stuck");
      return JSON.stringify({ stuck: await shown('to-step'), 'to-step': step });
    } finally {
      await stopProgram(program);
      await slack.stop();
    }
  });
}
