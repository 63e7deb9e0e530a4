import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Resvg } from '@resvg/resvg-js';
import { zipSync } from 'fflate';

/** The app package for Teams: manifest and icons in one zip, with this organisation's bot and address filled in. */

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function teamsApp(env: Record<string, string | undefined>): Promise<Uint8Array> {
  const appId = env.MICROSOFT_APP_ID ?? '';
  const address = env.PUBLIC_URL ?? '';
  if (!id.test(appId)) throw new Error("MICROSOFT_APP_ID is missing: write the application's client id.");
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:')
    throw new Error('PUBLIC_URL is missing: write the https address under which this server is reached.');
  const manifest = (await readFile(new URL('../teams/manifest.json', import.meta.url), 'utf8'))
    .replaceAll('{{APP_ID}}', appId)
    .replaceAll('{{PUBLIC_URL}}', address.replace(/\/$/, ''))
    .replaceAll('{{PUBLIC_HOST}}', new URL(address).host);
  return zipSync({
    'manifest.json': new TextEncoder().encode(manifest),
    'color.png': await icon('color', 192),
    'outline.png': await icon('outline', 32),
  });
}

async function icon(name: string, width: number): Promise<Uint8Array> {
  const svg = await readFile(new URL(`../teams/${name}.svg`, import.meta.url), 'utf8');
  return new Resvg(svg, { fitTo: { mode: 'width', value: width } }).render().asPng();
}

if (import.meta.main) {
  try {
    const zip = await teamsApp(process.env);
    await mkdir('dist', { recursive: true });
    await writeFile('dist/ecadesk-teams.zip', zip);
    console.log('dist/ecadesk-teams.zip: upload it in the Teams admin center (docs/teams.md).');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
