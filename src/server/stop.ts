/**
 * Runs an orderly stop, but not for ever.
 * @param giveUp what to do with the rest when the time is over
 */
export async function stopWithin(
  stop: () => PromiseLike<unknown>,
  patience: number,
  giveUp: () => void,
): Promise<'finished' | 'gave-up'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'gave-up'>((resolve) => {
    timer = setTimeout(() => {
      giveUp();
      resolve('gave-up');
    }, patience);
  });
  try {
    return await Promise.race([Promise.resolve(stop()).then(() => 'finished' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
