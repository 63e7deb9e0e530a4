import { readFileSync } from 'node:fs';
import { compileFlow } from '../../src/flows/compile.ts';
import type { Flow } from '../../src/flows/compiled.ts';
import { openscRelease } from '../../src/flows/eca-download/opensc-catalogue.ts';
import { readFlow } from '../../src/flows/flow-text.ts';
import { flowValues } from '../../src/flows/values.ts';

const file = new URL('../../src/flows/eca-download/flow.yaml', import.meta.url);

/** The built-in flow as an organisation without special settings gets it. */
export function builtInFlow(settings: { 'opensc-by-it'?: boolean; version?: number } = {}): Flow {
  const opensc = openscRelease();
  if (!opensc) throw new Error('the default OpenSC release is not in the catalogue');
  return compileFlow(readFlow(readFileSync(file, 'utf8')), settings.version ?? 1, {
    values: flowValues({ opensc, helpDeskContact: 'help@example.com', helpDeskHours: 'Mon-Fri 08:00-18:00' }),
    settings: { 'opensc-by-it': settings['opensc-by-it'] ?? false },
  });
}
