import { describe, test } from 'vitest';

/**
 * A suite that needs something outside the project. Where that is missing the suite is skipped, its name and
 * the reason shown; with `REQUIRE_ALL=1` the skip is a failure.
 *
 * @param part what is needed, as a person would say it
 * @param isPresent `true`, or the reason why not
 */
export function suiteNeeding(part: string, isPresent: () => true | string, suite: () => void): void {
  const presence = isPresent();
  if (presence === true) {
    describe(part, suite);
  } else if (process.env.REQUIRE_ALL === '1') {
    test(`${part} is there`, () => {
      throw new Error(`${part} is missing: ${presence}. Run "npm run setup:test-machine" as root.`);
    });
  } else {
    describe.skip(`${part} (skipped: ${presence})`, () => {
      test('needs what is missing here', () => {});
    });
  }
}

/** `isPresent` for programs and files: all of `paths` must exist. */
export function filesPresent(exists: (path: string) => boolean, paths: readonly string[]): true | string {
  const missing = paths.filter((path) => !exists(path));
  return missing.length === 0 ? true : `there is no ${missing.join(', no ')}`;
}
