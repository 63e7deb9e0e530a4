import { day, hour, minute, type Rig } from '../../support/rig.ts';

export interface Cast {
  /** Stuck for long, asked for a person, the 30 days nearly over: an urgent call. */
  ana: string;
  /** Stuck at the application password after looking at a problem: a call. */
  bo: string;
  /** Stuck, without a call yet. */
  cem: string;
  wen: string;
  lea: string;
  pat: string;
  noa: string;
  dee: string;
}

/** Somebody in every state, as the engine itself brings them there. */
export async function cast(rig: Rig): Promise<Cast> {
  const dee = await rig.newcomer('UDEE', 'Dee Marsh');
  await rig.walks(dee, 'the-end-of-it');
  rig.now += day;

  const ana = await rig.newcomer('UANA', 'Ana Ruiz');
  await rig.walks(ana, 'activation-code', dateBefore(rig, 26));
  await rig.does(ana, { type: 'stuck' });
  await rig.does(ana, { type: 'human' });
  rig.now += 3 * hour;

  const pat = await rig.newcomer('UPAT', 'Pat Ito');
  await rig.walks(pat, 'mailbox');
  await rig.does(pat, { type: 'pause' });
  rig.now += hour;

  const bo = await rig.newcomer('UBO', 'Bo Lindqvist-Montgomery');
  await rig.walks(bo, 'application-password', dateBefore(rig, 12));
  const problem = rig.flow.byId.get('application-password')?.problems[0]?.id ?? '';
  await rig.does(bo, { type: 'problem', problem });
  await rig.does(bo, { type: 'still-stuck' });
  rig.now += 25 * minute;

  const wen = await rig.newcomer('UWEN', 'Wen Zhao');
  await rig.does(wen, { type: 'start' });
  const wait = rig.flow.steps[0]?.answers.find((answer) => answer.wait);
  await rig.does(wen, { type: 'answer', answer: wait?.id ?? '' });

  const cem = await rig.newcomer('UCEM', 'Cem Aydın');
  await rig.walks(cem, 'security-questions');
  await rig.does(cem, { type: 'stuck' });
  rig.now += 12 * minute;

  const lea = await rig.newcomer('ULEA', 'Lea Brandt');
  await rig.walks(lea, 'find-email', dateBefore(rig, 3));
  const noa = await rig.newcomer('UNOA', 'Noa Levi');
  rig.now += 4 * minute;
  return { ana, bo, cem, wen, lea, pat, noa, dee };
}

function dateBefore(rig: Rig, days: number): string {
  return new Date(rig.now - days * day).toISOString().slice(0, 10);
}
