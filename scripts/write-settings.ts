/** Writes `.env.example` and the README's table of settings from the settings themselves. */
import { readFileSync, writeFileSync } from 'node:fs';
import { envExample, settingsTable } from '../src/config/describe.ts';
import { settings } from '../src/config.ts';

const readme = readFileSync('README.md', 'utf8');
const [before, rest = ''] = readme.split('<!-- settings -->\n');
const after = rest.split('<!-- /settings -->')[1] ?? '';
writeFileSync(
  'README.md',
  `${before}<!-- settings -->\n${settingsTable(settings)}\n<!-- /settings -->${after}`,
);
writeFileSync('.env.example', envExample(settings));
