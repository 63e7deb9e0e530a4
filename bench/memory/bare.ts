import { PGlite } from '@electric-sql/pglite';
import Fastify from 'fastify';

/** The least that one could build on: Fastify and PGlite, as they come, answering whether the database does. */
const db = await PGlite.create({ dataDir: `${process.env.DATA_DIR}/database` });
const app = Fastify();
app.get('/readyz', async () => (await db.query('SELECT 1')).rows);
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
process.once('SIGTERM', () => process.exit(0));
