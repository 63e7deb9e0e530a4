import mustache from 'mustache';
import { optionalValues, valueNames } from '../values.ts';
import { didYouMean } from './nearest.ts';

export interface TemplateFault {
  index: number;
  message: string;
}

/** What is wrong with the `{{values}}` of a text: only those on the list, and those that may be unset only guarded. */
export function templateFaults(template: string): TemplateFault[] {
  try {
    return spans(mustache.parse(template), new Set());
  } catch (e) {
    const message = e instanceof Error ? e.message : String(e);
    const index = Number(/ at (\d+)$/.exec(message)?.[1] ?? 0);
    return [
      {
        index: Math.min(index, template.length),
        message: `${message}: write {{name}}, or {{#name}}…{{/name}}`,
      },
    ];
  }
}

type Span = readonly [type: string, value: string, start: number, end: number, ...rest: unknown[]];

function spans(parsed: unknown, guarded: ReadonlySet<string>): TemplateFault[] {
  return Array.isArray(parsed) ? parsed.filter(isSpan).flatMap((span) => ofSpan(span, guarded)) : [];
}

function isSpan(span: unknown): span is Span {
  return (
    Array.isArray(span) &&
    typeof span[0] === 'string' &&
    typeof span[1] === 'string' &&
    typeof span[2] === 'number'
  );
}

function ofSpan([type, name, index, , children]: Span, guarded: ReadonlySet<string>): TemplateFault[] {
  switch (type) {
    case 'text':
      return [];
    case 'name':
      return unknownValue(name, index) ?? unguarded(name, index, guarded);
    case '#':
      return [...(unknownValue(name, index) ?? []), ...spans(children, new Set([...guarded, name]))];
    case '^':
      return [...(unknownValue(name, index) ?? []), ...spans(children, guarded)];
    default:
      return [
        {
          index,
          message: `"${type}" is not understood in braces: write {{name}}, {{#name}}…{{/name}} or {{^name}}…{{/name}}`,
        },
      ];
  }
}

function unknownValue(name: string, index: number): TemplateFault[] | undefined {
  const names: readonly string[] = valueNames;
  if (names.includes(name)) return undefined;
  const hint = didYouMean(name, names) || `: write one of ${names.join(', ')}`;
  return [{ index, message: `there is no value "${name}"${hint}` }];
}

function unguarded(name: string, index: number, guarded: ReadonlySet<string>): TemplateFault[] {
  if (!optionalValues.has(name) || guarded.has(name)) return [];
  return [
    { index, message: `"${name}" may be unset: put the sentence between {{#${name}}} and {{/${name}}}` },
  ];
}
