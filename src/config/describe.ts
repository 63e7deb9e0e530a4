import type { Settings } from './setting.ts';

/** The README's table of settings. */
export function settingsTable(settings: Settings): string {
  const rows = Object.entries(settings).map(([name, { says, absent }]) => {
    const shown = /^[\w./-]+$/.test(absent) ? `\`${absent}\`` : absent || '–';
    return `| \`${name}\` | ${shown} | ${says.replaceAll('|', '\\|')} |`;
  });
  return ['| setting | when absent | what it is |', '|---|---|---|', ...rows].join('\n');
}

/** `.env.example`: every setting, commented out, with a value that is well formed. */
export function envExample(settings: Settings): string {
  const head =
    '# Copy to .env and take away the # of what you set. Nothing here is needed to try ecadesk on one computer.\n' +
    '# What is set in the environment itself wins over this file. An unset line keeps the default.\n';
  const blocks = Object.entries(settings).map(([name, { says, absent, example }]) => {
    const default_ = absent === '' ? '' : `\n# When absent: ${absent}`;
    return `# ${says}${default_}\n#${name}=${quoted(example)}\n`;
  });
  return [head, ...blocks].join('\n');
}

function quoted(value: string): string {
  return /[\s#"'\\]/.test(value) ? `'${value}'` : value;
}
