import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import * as z from 'zod';
import type { FunctionName } from '../../src/contract/functions.ts';
import { routesOf } from '../../src/contract/http/routes.ts';
import { Assets } from '../infra/assets.ts';
import { clientOf } from '../support/client.ts';
import { emptyDatabase } from '../support/engines/database.ts';
import { asMaster, ROOT } from '../support/engines/database-server.ts';
import { functionEnvironment } from '../support/engines/function-environment.ts';
import { into } from '../support/invoke.ts';

const { variables } = await functionEnvironment();
const assets = new Assets();
afterAll(() => assets.remove());

const onEngines = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')),
);
const quiet = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };

interface InvokeProps {
  readonly event: unknown;
  readonly env: Readonly<Record<string, string>>;
  /** Default: the data layer. */
  readonly layers?: readonly string[];
}

/** Invokes what is deployed once, as Lambda does, in a process that has nothing else. */
function invoke(name: FunctionName, { event, env, layers = [assets.layer] }: InvokeProps) {
  const script = `
    const { handler } = require('./functions/${name}.js');
    const context = { awsRequestId: 'one', getRemainingTimeInMillis: () => 10_000 };
    handler(JSON.parse(process.argv[1]), context).then((result) => {
      console.log(JSON.stringify(result));
      process.exit();
    });`;
  const given = [JSON.stringify(event)];
  return assets.run(name, { script, given, env: { ...onEngines, ...quiet, ...env }, layers });
}

describe('migrate, as deployed', async () => {
  const { database } = (await emptyDatabase()).address;
  const invocation = {
    event: { RequestType: 'Create', ResourceProperties: { release: 'as deployed' } },
    env: {
      ...variables,
      DATABASE_NAME: database,
      DATABASE_SECRET_ARN: 'arn:database-owner',
      DATABASE_SERVICE_SECRET_ARN: 'arn:database',
    },
  };
  const column = async (sql: string) =>
    (
      await asMaster(inject('postgres'), database, (client) =>
        client.query<string[]>({ text: sql, rowMode: 'array' }),
      )
    ).rows.flat();

  test('brings an empty database to the shape of this release', async () => {
    expect(await invoke('migrate', invocation)).toEqual({
      said: '{"PhysicalResourceId":"migrations"}',
      complained: '',
    });
    const folders = await readdir(join(ROOT, 'prisma/migrations'), { withFileTypes: true });
    const migrations = folders.filter((each) => each.isDirectory()).map((each) => each.name);
    const history = `SELECT migration_name FROM weelo._prisma_migrations
                     WHERE finished_at IS NOT NULL ORDER BY migration_name`;
    expect(await column(history)).toEqual(migrations.toSorted());
    expect(await column('SELECT version FROM weelo.releases')).toEqual(['as deployed']);
  });

  test('does nothing without the layer', async () => {
    const { said, complained } = await invoke('migrate', { ...invocation, layers: [] });
    expect(said).toBe('');
    expect(complained).toContain("Cannot find module '@weelo/data'");
  });
});

describe('system, as deployed', () => {
  const Result = z.object({
    statusCode: z.number(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
  });
  const clientWith = (layers: readonly string[]) =>
    clientOf(
      routesOf('system'),
      into(async (event) => {
        const { said, complained } = await invoke('system', { event, env: variables, layers });
        if (said === '') throw new Error(complained);
        return Result.parse(JSON.parse(said));
      }),
    );

  test('finds everything well', async () => {
    expect(await clientWith([assets.layer]).getHealth()).toMatchObject({
      status: 200,
      body: { status: 'healthy', postgres: 'up', redis: 'up', dynamodb: 'up', sqs: 'up' },
    });
  });

  test('does not answer without the layer', async () => {
    await expect(clientWith([]).getHealth()).rejects.toThrow("Cannot find module '@weelo/data'");
  });
});
