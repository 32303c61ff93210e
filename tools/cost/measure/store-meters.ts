import { Client } from '@weelo/data';
import { Redis } from 'ioredis';
import * as z from 'zod';
import type { WeeloCloud } from '../../../bench/weelo-cloud.ts';

/** Commands that keep a client connected, and that read the meter itself. */
const UNCOUNTED = /^(info|cluster|ping|hello|auth|client|select|command|readonly|quit|script)\b/;

/** All commands that the nodes ran. Those inside scripts are counted as well as their script. */
export async function redisNodes({ engines }: WeeloCloud) {
  const first = new Redis(engines.redis?.url ?? '');
  const slots = z
    .array(z.tuple([z.number(), z.number(), z.tuple([z.string(), z.number()]).rest(z.unknown())]))
    .parse(await first.cluster('SLOTS'));
  const ports = [...new Set(slots.map(([, , [, port]]) => port))];
  const nodes = ports.map((port) => new Redis(port, '127.0.0.1'));
  return {
    commands: async () => {
      const texts = await Promise.all(nodes.map((node) => node.info('commandstats')));
      return texts
        .flatMap((text) => [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)])
        .filter(([, name = '']) => !UNCOUNTED.test(name))
        .reduce((sum, [, , calls]) => sum + Number(calls), 0);
    },
    stop: () => [first, ...nodes].forEach((node) => node.disconnect()),
  };
}

export async function database(cloud: WeeloCloud) {
  const { host, port, username: user, password } = cloud.engines.postgres ?? {};
  const name = cloud.processOf('auth').variables['DATABASE_NAME'];
  const client = new Client({ host, port, user, password, database: name });
  await client.connect();
  const Row = z.object({ transactions: z.coerce.number(), wal_bytes: z.coerce.number() });
  return {
    read: async () => {
      const { rows } = await client.query(
        `SELECT xact_commit AS transactions, pg_current_wal_insert_lsn() - '0/0' AS wal_bytes
         FROM pg_stat_database WHERE datname = current_database()`,
      );
      const { transactions, wal_bytes: walBytes } = Row.parse(rows[0]);
      return { transactions, walBytes };
    },
    stop: () => client.end(),
  };
}
