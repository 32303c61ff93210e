import type { Cache } from '../../data/cache.ts';
import type { Tables } from '../../data/tables.ts';
import type { Provisions } from '../../parts/provision.ts';

export interface StoresProps {
  readonly cache: Cache;
  readonly tables: Tables;
}

type Stores = 'redis' | 'idempotency-table' | 'connections-table' | 'state-table';

/** The stores other than the database. */
export function storeProvisions({ cache, tables }: StoresProps): Provisions<Stores> {
  return {
    redis: {
      variables: { REDIS_URL: cache.url, REDIS_MODE: cache.mode },
      // Redis does not use IAM. Network access is all that a function needs.
      grant: () => {},
      clients: cache.access.clients,
    },
    'idempotency-table': {
      variables: { IDEMPOTENCY_TABLE: tables.idempotency.tableName },
      grant: (to) => tables.grantIdempotency(to),
    },
    'connections-table': {
      variables: { CONNECTIONS_TABLE: tables.connections.tableName },
      grant: (to) => tables.grantConnections(to),
    },
    'state-table': {
      variables: { STATE_TABLE: tables.state.tableName },
      grant: (to) => tables.grantState(to),
    },
  };
}
