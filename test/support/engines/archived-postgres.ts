import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@weelo/data';
import { startPostgres } from 'local-cloud/engines';
import { expect } from 'vitest';
import { asMaster } from './database-server.ts';
import { whenDone } from './when-done.ts';

const run = promisify(execFile);

/**
 * A server that keeps a base backup and all that was written since, as RDS does, so that it can be restored to any
 * moment. It is made with the server's own functions, because pg_basebackup is not among our binaries.
 */
export async function archivedPostgres() {
  const archive = await mkdtemp(join(tmpdir(), 'weelo-archive-'));
  // The server may run as another user than the test.
  await chmod(archive, 0o777);
  whenDone(() => rm(archive, { recursive: true, force: true }));
  const folder = `${archive}-data`;
  const first = await startPostgres({ dataFolder: folder });
  await asMaster(first, 'postgres', async (client) => {
    await client.query(`ALTER SYSTEM SET archive_mode = on`);
    await client.query(`ALTER SYSTEM SET archive_command = 'cp %p ${archive}/%f'`);
  });
  await first.stop();
  const engine = await startPostgres({ dataFolder: folder });
  whenDone(() => engine.stop());
  const data = await asMaster(engine, 'postgres', async (client) => {
    const { rows } = await client.query<{ data: string }>(
      `SELECT current_setting('data_directory') AS data`,
    );
    return rows[0]?.data ?? '';
  });
  whenDone(() => rm(dirname(data), { recursive: true, force: true }));
  return { engine, archive, data };
}

type Archived = Awaited<ReturnType<typeof archivedPostgres>>;

/** A copy of the data while the server writes; only what is archived makes it whole. Answers its folder. */
export async function baseBackup({ engine, data }: Archived): Promise<string> {
  const folder = `${dirname(data)}-restored`;
  await mkdir(folder);
  whenDone(() => rm(folder, { recursive: true, force: true }));
  await asMaster(engine, 'postgres', async (client) => {
    await client.query(`SELECT pg_backup_start('drill', true)`);
    await run('cp', ['-Rp', data, join(folder, basename(data))]);
    const { rows } = await client.query<{ label: string }>(
      'SELECT labelfile AS label FROM pg_backup_stop(false)',
    );
    await writeFile(join(folder, basename(data), 'backup_label'), rows[0]?.label ?? '');
  });
  await rm(join(folder, basename(data), 'postmaster.pid'));
  return folder;
}

/** Waits until all that was written is archived. */
export async function archived(client: Client): Promise<void> {
  const { rows } = await client.query<{ file: string }>(
    'SELECT pg_walfile_name(pg_switch_wal()) AS file',
  );
  await expect
    .poll(async () => {
      const last = await client.query<{ file: string }>(
        'SELECT last_archived_wal AS file FROM pg_stat_archiver',
      );
      return last.rows[0]?.file;
    })
    .toBe(rows[0]?.file);
}

/** A new server with the data as it was at that moment. */
export async function restoredTo(moment: string, folder: string, { archive, data }: Archived) {
  const copy = join(folder, basename(data));
  const settings = {
    archive_mode: 'off',
    restore_command: `cp ${archive}/%f %p`,
    recovery_target_time: moment,
    recovery_target_action: 'promote',
    // Nobody reads what is not restored yet.
    hot_standby: 'off',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
  await appendFile(join(copy, 'postgresql.auto.conf'), lines.join(''));
  await writeFile(join(copy, 'recovery.signal'), '');
  await run('chown', ['-R', `--reference=${data}`, folder]).catch(() => undefined);
  const engine = await startPostgres({ dataFolder: folder });
  whenDone(() => engine.stop());
  return engine;
}
