import { defineConfig } from 'prisma/config';

// `generate`, `validate` and `format` ask for a schema engine that they do not run; without one they try to download
// it. Migrations never go through this: `store/migrate.ts` applies them with the WebAssembly engine.
const offline = new Set(['generate', 'validate', 'format']);
if (process.argv.some((word) => offline.has(word)))
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma' });
