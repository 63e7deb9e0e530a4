import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { sayForm, sayUnknownKey } from './check/form.ts';
import { type FlowDocument, flowDocument } from './flow.ts';
import type { Path } from './path.ts';

/** Where in a flow document, and what is wrong there and what to write. Line and column count from 1. */
export interface Fault {
  line: number;
  column: number;
  message: string;
}

/** A flow document as it was written. */
export interface FlowText {
  /** Absent when the faults left nothing to work with. */
  document?: FlowDocument;
  /** What the YAML says, whatever its form; undefined where it is no YAML. */
  value: unknown;
  faults: Fault[];
  /** A fault at the value that a path such as `['sections', 0, 'title']` leads to, or at the nearest thing above it. */
  fault(path: Path, message: string): Fault;
  /** The same at a place within the text. */
  faultAt(offset: number, message: string): Fault;
  /** Where the value at the path begins in the text, counted in characters; undefined where there is none. */
  offset(path: Path): number | undefined;
  valueAt(path: Path): unknown;
}

export class FlowError extends Error {
  override name = 'FlowError';
  readonly code = 'flow-invalid';
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(faults.map((f) => `${f.line}:${f.column}: ${f.message}`).join('\n'));
    this.faults = faults;
  }
}

/**
 * A flow document from its YAML.
 * @throws {FlowError} with everything that is wrong with its form
 */
export function readFlow(yaml: string): FlowDocument {
  const text = readFlowText(yaml);
  if (!text.document || text.faults.length > 0) throw new FlowError(text.faults);
  return text.document;
}

/** Reads as far as it can and tells of every fault of form; what else must hold is in `check.ts`. */
export function readFlowText(yaml: string): FlowText {
  const lines = new LineCounter();
  const tree = parseDocument(yaml, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const faultAt = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(Math.min(offset, yaml.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const offset = (path: Path) => valueOffset(tree, path);
  const fault = (path: Path, message: string) => faultAt(nearestOffset(tree, path), message);
  const valueAt = (path: Path): unknown => tree.getIn(path);
  const text: FlowText = { value: undefined, faults: [], fault, faultAt, offset, valueAt };
  text.faults.push(...yamlFaults(yaml, tree, faultAt));
  if (text.faults.length > 0) return text;

  text.value = tree.toJS();
  const parsed = flowDocument.safeParse(text.value, { reportInput: true });
  if (parsed.success) return { ...text, document: parsed.data };
  for (const issue of parsed.error.issues) text.faults.push(...formFaults(issue, tree, faultAt));
  return text;
}

function yamlFaults(yaml: string, tree: Document.Parsed, faultAt: FlowText['faultAt']): Fault[] {
  const wrong = [...tree.errors, ...tree.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const first = wrong[0]?.pos[0] ?? yaml.length;
  const line = yaml.slice(yaml.lastIndexOf('\n', first - 1) + 1).split('\n', 1)[0] ?? '';
  const braces = wrong.length > 0 ? line.search(/(?<=^[ -]*[\w-]+: *)\{\{/) : -1;
  // YAML takes such braces for two maps, and whatever follows for a string of further errors.
  if (braces >= 0) return [faultAt(yaml.lastIndexOf('\n', first - 1) + 1 + braces, needsQuotes)];
  return wrong.map((e) => faultAt(e.pos[0], `not YAML: ${firstLine(e.message)}`));
}

const needsQuotes = 'a text that begins with "{{" is not YAML: put it in quotes';

function formFaults(issue: z.core.$ZodIssue, tree: Document, faultAt: FlowText['faultAt']): Fault[] {
  const path = issue.path.filter((p) => typeof p !== 'symbol');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => faultAt(keyOffset(tree, path, key), sayUnknownKey(path, key)));
  return [faultAt(nearestOffset(tree, path), sayForm(issue))];
}

function valueOffset(tree: Document, path: Path): number | undefined {
  const node = path.length === 0 ? tree.contents : tree.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function nearestOffset(tree: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const found = valueOffset(tree, path.slice(0, length));
    if (found !== undefined) return found;
  }
  return 0;
}

function keyOffset(tree: Document, path: Path, key: string): number {
  const node = path.length === 0 ? tree.contents : tree.getIn(path, true);
  const pair = isMap(node)
    ? node.items.find((item) => isScalar(item.key) && item.key.value === key)
    : undefined;
  const found = pair && isNode(pair.key) ? pair.key.range?.[0] : undefined;
  return found ?? nearestOffset(tree, path);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
