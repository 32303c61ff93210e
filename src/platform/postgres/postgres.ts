import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, Prisma, PrismaClient, PrismaPg, rdsCertificateAuthorities } from '@weelo/data';
import type { PoolConfig } from '@weelo/data';
import { connectionsPerEnvironment } from '../../contract/environment.ts';
import { AppError } from '../../contract/errors.ts';
import { ImpatientClient } from './impatient-client.ts';
import { isAway, isContended } from './postgres-errors.ts';

export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** `verify-full` checks the server's certificate against the RDS authorities. `off` is plain TCP. */
  readonly tls: 'verify-full' | 'off';
}

export interface PostgresCredentials {
  readonly username: string;
  readonly password: string;
}

/** How long to wait, in milliseconds. */
export interface PostgresPatience {
  /** For a new connection, or for a free one in the pool. */
  readonly connectMs: number;
  /** For the answer to one statement. */
  readonly answerMs: number;
  /** For a transaction to end. */
  readonly transactionMs: number;
}

export interface PostgresSettings extends PostgresAddress {
  /** Called for each new connection, so that a rotated password is used. */
  readonly credentials: () => Promise<PostgresCredentials>;
  /** Called when a connection could not be made: the cached password may be an old one. */
  readonly onLoginFailed?: () => void;
  /** Called when an idle connection breaks. */
  readonly onError: (error: Error) => void;
  /** How long to wait. Default: the times for a function that answers HTTP. */
  readonly patience?: Partial<PostgresPatience>;
}

/** What a store runs its statements on: the database, or a transaction. */
export type Database = Omit<
  PrismaClient,
  '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'
>;

/** A piece of SQL with its values, which several statements may share. */
export const { sql } = Prisma;
export type Sql = Prisma.Sql;

/** The keys of a record, as a list of columns for a statement. They must come from our own code, not from a client. */
export function columnNames(record: object): Sql {
  return Prisma.raw(Object.keys(record).join(', '));
}

/** The name of a table or column that was read from the database's catalogue, in a statement. */
export function quotedName(name: string): Sql {
  return Prisma.raw(`"${name.replaceAll('"', '""')}"`);
}

export interface Postgres {
  /** Runs statements outside a transaction. Throws SERVICE_UNAVAILABLE if the database is away. */
  run<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Runs work in a transaction. If it collides with another transaction (serialization, deadlock), it starts again, up
   * to three times. So the work must have no effects outside the database.
   */
  transaction<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Whether the database answers, within a second of being connected. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const PING_TIMEOUT_MS = 1000;

const usualPatience: PostgresPatience = {
  connectMs: 2500,
  /**
   * Longer than statement_timeout (5 s, on the role). A lost host does not close its connections. Without this limit,
   * statements would wait on them, and the pool would keep them, for a quarter of an hour.
   */
  answerMs: 6000,
  /** Longer than statement_timeout (5 s, on the role), shorter than the function's 10 s. */
  transactionMs: 8000,
};

/**
 * Nothing is connected before the first use. Time zone and time-outs are set on the database role, by the
 * first migration: RDS Proxy refuses start-up options, and a SET would pin its connection.
 */
export function openPostgres(settings: PostgresSettings): Postgres {
  let opening: Promise<OpenPool> | undefined;
  const opened = () => {
    opening ??= openPool(settings).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    run: (work) => unlessAway(async () => work((await opened()).prisma)),
    transaction: (work) =>
      unlessAway(async () => {
        const { prisma } = await opened();
        return retriedWhenContended(() => prisma.$transaction((database) => work(database)));
      }),
    ping: async () => {
      // pg's own limit for one query. It closes the connection, too.
      const query = { text: 'SELECT 1', query_timeout: PING_TIMEOUT_MS };
      await (await opened()).pool.query(query);
    },
    close: async () => {
      if (opening === undefined) return;
      const { prisma, pool } = await opening;
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function unlessAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isAway(cause)) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterMs: 2000, cause });
    throw cause;
  }
}

const MOST_RETRIES = 3;

async function retriedWhenContended<T>(work: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await work();
    } catch (error) {
      if (retries >= MOST_RETRIES || !isContended(error)) throw error;
      // A random pause, so that the two transactions do not collide again.
      await sleep(Math.random() * 40 * 2 ** retries);
    }
  }
}

/** The connection settings for pg. Also used for the direct connections of migrate. */
export function connectionOptions({ host, port, database, tls }: PostgresAddress): PoolConfig {
  const ssl = { ca: [...rdsCertificateAuthorities], rejectUnauthorized: true };
  return { host, port, database, ssl: tls === 'verify-full' ? ssl : false };
}

interface OpenPool {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
}

async function openPool(settings: PostgresSettings): Promise<OpenPool> {
  const { username } = await settings.credentials();
  const { connectMs, answerMs, transactionMs } = { ...usualPatience, ...settings.patience };
  // If a login starts before an earlier one has succeeded, that one was refused or is still running. If it is still
  // running, the secret is read once too often, which does no harm.
  let tried = false;
  const pool = new Pool({
    ...connectionOptions(settings),
    Client: ImpatientClient,
    user: username,
    password: async () => {
      if (tried) settings.onLoginFailed?.();
      tried = true;
      return (await settings.credentials()).password;
    },
    max: connectionsPerEnvironment,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
  });
  pool.on('connect', () => {
    tried = false;
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', settings.onError);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: connectMs, timeout: transactionMs },
  });
  return { pool, prisma };
}
