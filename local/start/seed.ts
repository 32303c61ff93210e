import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Client } from 'pg';
import type { Cloud } from 'local-cloud';

const seed = resolve(import.meta.dirname, '../../prisma/seed.sql');

/** Puts in the accounts that one tries things with; what is there stays as it is. */
export async function plantSeed(cloud: Cloud): Promise<void> {
  const { engines, processOf } = cloud;
  switchPushOn(cloud);
  if (!engines.postgres) return;
  const { host, port, username: user, password } = engines.postgres;
  const database = processOf('weelo-local-auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    await client.query(await readFile(seed, 'utf8'));
  } finally {
    await client.end();
  }
}

/** Writes an invented Firebase account. The local cloud plays Google and FCM, and does not check the signature. */
function switchPushOn({ processOf, writeSecret }: Cloud): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    project_id: 'weelo-local',
    client_email: 'push@weelo-local.example',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const arn = processOf('weelo-local-notify').variables['PUSH_SECRET_ARN'] ?? '';
  writeSecret(arn, JSON.stringify(account));
}
