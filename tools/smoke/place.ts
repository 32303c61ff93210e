import { readFileSync } from 'node:fs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';
import { takeTestCodeFrom, type TakeTestCode } from '../../src/messaging/sms/test-codes.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock } from '../../src/platform/clock.ts';

/** A stage: where its API is, and how to get the codes of its test numbers. */
export interface Place {
  readonly origin: string;
  readonly takeCode: TakeTestCode;
}

const region = 'ap-south-1';

function placeOf(origin: string, table: string, client: DynamoDBClient): Place {
  return { origin, takeCode: takeTestCodeFrom(openStateTable(table, systemClock, client)) };
}

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** A stage by what its deployment printed. Whoever runs this must be allowed to take the role of the smoke test. */
export async function deployedPlace(file: string): Promise<Place> {
  const all = Outputs.parse(JSON.parse(readFileSync(file, 'utf8')));
  const outputs = new Map(Object.values(all).flatMap((each) => Object.entries(each)));
  const origin = outputs.get('EdgeUrl') ?? outputs.get('HttpApiUrl');
  const [roleArn, table] = [outputs.get('SmokeRoleArn'), outputs.get('TestCodesTable')];
  if (origin === undefined || roleArn === undefined || table === undefined) {
    throw new Error(
      `${file} lacks HttpApiUrl, SmokeRoleArn or TestCodesTable: was the service deployed?`,
    );
  }
  const client = new DynamoDBClient({ region, credentials: await smokeCredentials(roleArn) });
  return placeOf(origin, table, client);
}

async function smokeCredentials(RoleArn: string) {
  const { Credentials } = await new STSClient({ region }).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'smoke' }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
    throw new Error(`STS gave no credentials for ${RoleArn}`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
}

const Status = z.object({
  parts: z.array(z.object({ name: z.string(), address: z.string().optional() })),
});

/** What `npm start` runs on this machine. */
export async function localPlace(
  origin = process.env['WEELO_URL'] ?? 'http://127.0.0.1:3000',
): Promise<Place> {
  const answer = await fetch(new URL('/_dev/status', origin)).catch(() => undefined);
  if (!answer) throw new Error(`Nothing answers at ${origin}: run "npm start" first.`);
  const { parts } = Status.parse(await answer.json());
  const endpoint = parts.find(({ name }) => name === 'aws endpoint')?.address;
  if (endpoint === undefined) throw new Error(`${origin} is no local cloud.`);
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'any' };
  const client = new DynamoDBClient({ region, endpoint, credentials });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const table = TableNames.find((name) => name.includes('TestCodes'));
  if (table === undefined) throw new Error(`${origin} has no table for the codes of test numbers.`);
  return placeOf(origin, table, client);
}
