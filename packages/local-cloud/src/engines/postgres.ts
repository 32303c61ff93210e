import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEngineProcess } from './engine-process.ts';
import { freePort } from './free-port.ts';
import { rebootPostgres } from './postgres-reboot.ts';
import { findPostgresHome, folderForServer, runAsServer, serverUser } from './postgres-home.ts';

export interface PostgresEngine {
  readonly host: string;
  readonly port: number;
  /** The master user: a superuser here, almost one in the cloud. */
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Breaks all connections, also where the server is frozen; resolves when it takes new ones. */
  readonly reboot: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface PostgresOptions {
  /** Where the data is kept; without it the data lies in a temporary folder and ends with the engine. */
  readonly dataFolder?: string;
}

const HOST = '127.0.0.1';
const DATABASE = 'postgres';
const USERNAME = 'local_master';
/** Not a secret: the server listens on 127.0.0.1 only and holds no data but a developer's. */
const PASSWORD = 'only-on-this-machine';

/** For data that nobody needs after a crash of the machine. */
const FORGETFUL = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
];

/** Real PostgreSQL 17, on a free port of 127.0.0.1, with password authentication. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresEngine> {
  const home = await findPostgresHome();
  const temporary = options.dataFolder === undefined;
  const folder = await makeFolder(options.dataFolder);
  const data = join(folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(home, folder, data);

  const port = await freePort();
  const server = startEngineProcess({
    name: 'PostgreSQL',
    command: join(home, 'bin', 'postgres'),
    args: ['-D', data, ...settings(port, temporary)],
    logFile: join(folder, 'postgres.log'),
    stopSignal: temporary ? 'QUIT' : 'INT',
    temporaryFolder: temporary ? folder : undefined,
    user: serverUser(),
  });
  await server.until(() => acceptsLogins(port));
  return {
    host: HOST,
    port,
    username: USERNAME,
    password: PASSWORD,
    database: DATABASE,
    reboot: async () => {
      await rebootPostgres(data);
      await server.until(() => acceptsLogins(port));
    },
    stop: server.stop,
  };
}

function settings(port: number, temporary: boolean): string[] {
  const values = [
    `port=${port}`,
    `listen_addresses=${HOST}`,
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=128MB',
    // A zone that is not UTC, as an operator could leave it: what forgets to ask for UTC fails here first.
    'timezone=Asia/Kolkata',
    'log_timezone=UTC',
    ...(temporary ? [...FORGETFUL, 'max_wal_senders=0', 'autovacuum=off'] : []),
  ];
  return values.flatMap((value) => ['-c', value]);
}

async function makeFolder(wanted: string | undefined): Promise<string> {
  const folder =
    wanted === undefined
      ? await mkdtemp(join(serverUser() === undefined ? tmpdir() : '/tmp', 'local-cloud-postgres-'))
      : await folderForServer(wanted);
  await mkdir(folder, { recursive: true });
  const user = serverUser();
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);
  return folder;
}

async function initialise(home: string, folder: string, data: string): Promise<void> {
  const passwordFile = join(folder, `password-${randomBytes(4).toString('hex')}`);
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  const user = serverUser();
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  await runAsServer(join(home, 'bin', 'initdb'), [
    `--pgdata=${data}`,
    `--username=${USERNAME}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-sync',
  ]);
  await rm(passwordFile);
}

/** A port that is open is not enough: while it recovers the server turns everyone away. */
async function acceptsLogins(port: number): Promise<boolean> {
  const login = { user: USERNAME, password: PASSWORD, database: DATABASE };
  const client = new Client({ host: HOST, port, ...login });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
