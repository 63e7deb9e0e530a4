/** Reasons for calling the help desk that every flow has; a flow document adds its own in `reasons`. */
export const builtInReasons: Readonly<Record<string, string>> = {
  'asked-for-help': 'Asked for a person',
  'other-problem': 'A problem that is not on the list',
  silence: 'No word after the last reminder',
  'thirty-days-passed': 'The 30 days since the signature have passed',
};

/** A reason in words, for staff. */
export function reasonTitle(flow: { reasons: Readonly<Record<string, string>> }, reason: string): string {
  return flow.reasons[reason] ?? builtInReasons[reason] ?? reason;
}
