/** `node writer.ts DATA_DIR`: writes rows until it is killed; prints the id of each once the database has said yes. */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/store/database.ts';

const { prisma } = await openDatabase({ dataDir: process.argv[2] });
for (;;) {
  const id = randomUUID();
  await prisma.setting.create({
    data: { id, value: 'x'.repeat(500), changedAt: new Date(), changedBy: 'w' },
  });
  writeSync(1, `${id}\n`);
}
