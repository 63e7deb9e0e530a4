import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Config } from './config.ts';
import { compileFlow } from './flows/compile.ts';
import type { Flow } from './flows/compiled.ts';
import { openscRelease } from './flows/eca-download/opensc-catalogue.ts';
import { type FlowDocument, flowDocument } from './flows/flow.ts';
import { readFlow } from './flows/flow-text.ts';
import { flowValues } from './flows/values.ts';
import { flowVersion, newestFlow, publishFlow } from './store/flow-versions.ts';
import type { PrismaClient } from './store/generated/client.ts';
import { seedKnownIssues } from './store/known-issues.ts';

/** The flows of this installation, filled in with its configuration. */
export interface Library {
  /** The flow that newcomers begin. */
  flowId: string;
  /** The newest version, or the given one. */
  flowOf(flowId: string, version?: number): Promise<Flow>;
}

const builtIn = new URL('./flows/eca-download/flow.yaml', import.meta.url);
const prepared = new URL('../dist/flows/', import.meta.url);

/** What `scripts/build-flows.ts` made of this very text, if it did: to read its YAML takes a third of a second. */
async function readPrepared(text: string): Promise<FlowDocument | null> {
  const name = createHash('sha256').update(text).digest('hex');
  try {
    return flowDocument.parse(JSON.parse(await readFile(new URL(`${name}.json`, prepared), 'utf8')));
  } catch {
    // Not there, or of another form than today's: the YAML says it all.
    return null;
  }
}

/** The file is only where the first version comes from; a changed one becomes the next version. */
export async function openLibrary(prisma: PrismaClient, config: Config, at: Date): Promise<Library> {
  const text = await readFile(config.flow.file ?? builtIn, 'utf8');
  const document = (await readPrepared(text)) ?? readFlow(text);
  const flowId = document.flow;
  const published = await publishFlow(prisma, flowId, text, 'file', at);
  const opensc = openscRelease(config.flow.openscVersion);
  if (!opensc) throw new Error(`OpenSC ${config.flow.openscVersion} is not in the catalogue.`);
  const values = flowValues({
    opensc,
    helpDeskContact: config.desk.contact ?? undefined,
    helpDeskHours: config.desk.hours?.text,
    emailSender: config.flow.emailSender ?? undefined,
  });
  const settings = { 'opensc-by-it': config.flow.openscByIt };
  const compile = (read: FlowDocument, version: number) => compileFlow(read, version, { values, settings });
  const compiled = new Map<string, Flow>();
  // It has just been read: reading it again from the database would only take time.
  compiled.set(`${flowId}/${published.version}`, compile(document, published.version));

  /** How old the answer to "which version is the newest?" may be: another process may publish one. */
  const fresh = 2_000;
  let newest = { version: 0, until: 0 };

  async function newestVersion(id: string): Promise<number> {
    if (newest.until < Date.now()) {
      const row = await newestFlow(prisma, id);
      newest = { version: row?.version ?? 0, until: Date.now() + fresh };
    }
    return newest.version;
  }

  async function flowOf(id: string, wanted?: number): Promise<Flow> {
    const version = wanted ?? (await newestVersion(id));
    const key = `${id}/${version}`;
    const known = compiled.get(key);
    if (known) return known;
    const row = await flowVersion(prisma, id, version);
    const flow = compile(readFlow(row.document), version);
    compiled.set(key, flow);
    return flow;
  }

  await seedKnownIssues(prisma, await flowOf(flowId), at);
  return { flowId, flowOf };
}
