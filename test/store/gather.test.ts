import { expect, it } from 'vitest';
import { gather } from '../../src/store/gather.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Answers with ten times the number, once it is let go on; notes what was asked together. */
function rig(options: { apart?: (n: number) => string[]; poison?: number } = {}) {
  const asked: number[][] = [];
  const held: (() => void)[] = [];
  const ask = gather<number, { tenfold: number }>({
    async askAll(numbers) {
      asked.push([...numbers]);
      await new Promise<void>((resolve) => held.push(resolve));
      if (numbers.includes(options.poison ?? Number.NaN)) throw new Error(`poisoned ${numbers.length}`);
      return numbers.map((n) => ({ tenfold: n * 10 }));
    },
    ...(options.apart && { apart: options.apart }),
    oneAtFault: (error) => String(error).includes('poisoned'),
  });
  /** Lets what is under way end, and what follows from it, until nothing is under way. */
  async function goOn(): Promise<void> {
    await turn();
    for (let go = held.shift(); go; go = held.shift()) {
      go();
      await turn();
    }
  }
  return { ask, asked, goOn };
}

it('gathers what comes in one turn, and what comes while others are under way', async () => {
  const { ask, asked, goOn } = rig();
  const answers = Promise.all([1, 2].map(ask));
  await turn();
  expect(asked).toEqual([[1, 2]]);
  const later = Promise.all([3, 4].map(ask));
  await turn();
  expect(asked).toEqual([[1, 2]]);
  await goOn();
  expect([...(await answers), ...(await later)]).toEqual([10, 20, 30, 40].map((tenfold) => ({ tenfold })));
  expect(asked).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

it('gathers for longer where it may', async () => {
  const asked: number[][] = [];
  const ask = gather<number, { n: number }>({
    async askAll(numbers) {
      asked.push([...numbers]);
      return numbers.map((n) => ({ n }));
    },
    linger: 50,
  });
  const answers = [ask(1)];
  await turn();
  answers.push(ask(2));
  expect(await Promise.all(answers)).toEqual([{ n: 1 }, { n: 2 }]);
  expect(asked).toEqual([[1, 2]]);
});

const sixteen = Array.from({ length: 16 }, (_, n) => 11 + n);

it('asks a second time meanwhile where sixteen wait, and not a third time', async () => {
  const { ask, asked, goOn } = rig();
  const answers = [ask(1)];
  await turn();
  answers.push(...sixteen.map(ask));
  await turn();
  expect(asked).toEqual([[1], sixteen]);
  answers.push(...sixteen.map(ask));
  await turn();
  expect(asked).toEqual([[1], sixteen]);
  await goOn();
  await Promise.all(answers);
  expect(asked).toEqual([[1], sixteen, sixteen]);
});

it('does not ask for what shares a key with something under way, also while there is room', async () => {
  const { ask, asked, goOn } = rig({ apart: (n) => [n > 10 ? `${n}` : 'ten'] });
  const answers = [ask(1)];
  await turn();
  answers.push(ask(2));
  await turn();
  answers.push(...sixteen.map(ask));
  await turn();
  expect(asked).toEqual([[1], sixteen]);
  await goOn();
  await Promise.all(answers);
  expect(asked).toEqual([[1], sixteen, [2]]);
});

it('asks for no more than 32 together, in the order in which they came', async () => {
  const { ask, asked, goOn } = rig();
  const numbers = Array.from({ length: 70 }, (_, n) => n);
  const answers = Promise.all(numbers.map(ask));
  await goOn();
  await answers;
  expect(asked.map((one) => one.length)).toEqual([32, 32, 6]);
  expect(asked.flat()).toEqual(numbers);
});

it('keeps apart what shares a key, and its order', async () => {
  const { ask, asked, goOn } = rig({ apart: (n) => [`tens ${Math.floor(n / 10)}`] });
  const answers = Promise.all([1, 11, 12, 21, 13, 22].map(ask));
  await goOn();
  await answers;
  expect(asked).toEqual([[1, 11, 21], [12, 22], [13]]);
});

it('asks each by itself where one is at fault, and fails that one alone', async () => {
  const { ask, asked, goOn } = rig({ poison: 3 });
  const answers = Promise.allSettled([1, 2, 3, 4].map(ask));
  await goOn();
  expect((await answers).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(asked).toEqual([[1, 2, 3, 4], [1], [2], [3], [4]]);
  await expect(Promise.all([ask(5), goOn()])).resolves.toMatchObject([{ tenfold: 50 }, undefined]);
});

it('fails all of them where nothing is known of the cause, and goes on', async () => {
  let broken = true;
  const ask = gather<number, { n: number }>({
    async askAll(numbers) {
      if (broken) throw new Error('gone');
      return numbers.map((n) => ({ n }));
    },
  });
  const answers = await Promise.allSettled([ask(1), ask(2), ask(3)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  broken = false;
  expect(await ask(4)).toEqual({ n: 4 });
});
