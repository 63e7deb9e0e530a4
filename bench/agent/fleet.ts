import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { z } from 'zod';
import { makeKeyPair, writePrivateKey } from '../../src/agent/protocol.ts';

export interface FleetDevice {
  id: string;
  privateKey: string;
}

/** What every idle computer has told of itself before: so that a greeting brings nothing new. */
const system = {
  name: 'Windows 11',
  account: 'bench',
  bootedAt: 1_700_000_000_000,
  version: '0.1.0',
  token: null,
};

/**
 * Puts paired computers into the database: one for each journey that is there, and others with people and journeys
 * of their own, up to `count`.
 * @returns the devices, those of the journeys that were there first
 */
export async function putDevices(databaseUrl: string, count: number): Promise<FleetDevice[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const there = z
      .array(z.object({ id: z.string(), personId: z.string() }))
      .parse((await client.query(`SELECT id, "personId" FROM "Journey" ORDER BY "createdAt"`)).rows);
    const devices = Array.from({ length: count }, () => {
      const { privateKey, publicKey } = makeKeyPair();
      return { id: randomUUID(), person: randomUUID(), journey: randomUUID(), publicKey, privateKey };
    });
    for (const [n, journey] of there.entries()) {
      const device = devices[n];
      if (device) Object.assign(device, { person: journey.personId, journey: journey.id });
    }
    const columns = [
      devices.map(({ id }) => id),
      devices.map(({ person }) => person),
      devices.map(({ journey }) => journey),
      devices.map(({ publicKey }) => publicKey),
    ];
    const given = `unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS d(id, person, journey, key)`;
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO "Person" (id, "displayName") SELECT person, 'Idle' FROM ${given}
       WHERE $1 IS NOT NULL AND $4 IS NOT NULL ON CONFLICT DO NOTHING`,
      columns,
    );
    // The journey of somebody who is there, with another computer.
    await client.query(
      `INSERT INTO "Journey" (id, "personId", "flowId", "flowVersion", status, step, state, "createdAt", since, "heardAt")
       SELECT d.journey, d.person, j."flowId", j."flowVersion", j.status, j.step,
         jsonb_set(j.state, '{computer}', jsonb_build_object('device', d.id, 'name', 'IDLE', 'since', 0)),
         j."createdAt", j.since, j."heardAt"
       FROM ${given}, (SELECT * FROM "Journey" ORDER BY "createdAt" LIMIT 1) j
       WHERE $4 IS NOT NULL ON CONFLICT DO NOTHING`,
      columns,
    );
    await client.query(
      `INSERT INTO "Device" (id, "personId", "journeyId", "publicKey", hostname, system, "pairedAt")
       SELECT id, person, journey, key, 'IDLE', $5::jsonb, now() FROM ${given}`,
      [...columns, JSON.stringify(system)],
    );
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return devices.map(({ id, privateKey }) => ({ id, privateKey: writePrivateKey(privateKey) }));
  } finally {
    await client.end();
  }
}
