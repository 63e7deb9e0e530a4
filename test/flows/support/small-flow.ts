interface Parts {
  title?: string;
  body?: string;
  /** Further lines of the first step, each a key and its value. */
  step?: string[];
  /** Further steps, each a YAML list item of one line. */
  more?: string[];
  /** Further lines at the top level. */
  top?: string[];
}

/** A small flow document without faults, for tests that change one thing in it. Its first step begins in line 10. */
export function smallFlow({
  title = 'First',
  body = 'Do it.',
  step = [],
  more = [],
  top = [],
}: Parts = {}): string {
  return [
    'flow: small',
    'title: Small',
    'reasons: { trouble: Trouble }',
    'issues:',
    '  - { id: down, title: It is down, open: true, reason: trouble }',
    'sections:',
    '  - id: all',
    '    title: All',
    '    steps:',
    '      - id: first',
    `        title: ${title}`,
    `        body: ${body}`,
    '        minutes: 1',
    '        source: product',
    ...step.map((s) => `        ${s}`),
    ...more.map((s) => `      ${s}`),
    ...top,
    'end: { title: End, body: Done. }',
    '',
  ].join('\n');
}
