import * as z from 'zod';
import { fieldsOf, targetOf } from '../protocol/json-request.ts';
import type {
  Account,
  PlayedRequest,
  PlayedResponse,
  PlayedService,
} from '../protocol/played-service.ts';
import type { SecretStore, StoredSecret } from '../engines/secret-store.ts';
import { errorIn } from '../protocol/wire-errors.ts';

const Call = z.object({
  SecretId: z.string().min(1),
  SecretString: z.string().optional(),
  SecretBinary: z.string().optional(),
  ClientRequestToken: z.string().optional(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
});
type Call = z.output<typeof Call>;

const operations = {
  GetSecretValue: getValue,
  PutSecretValue: putValue,
  DescribeSecret: describe,
} as const;

/** Secrets Manager, as far as functions read and write the values of secrets that the template has. */
export function playSecretsManager(store: SecretStore): PlayedService {
  return {
    signingName: 'secretsmanager',
    wireFormat: 'json-1.1',
    actionOf: (request) => {
      const operation = targetOf(request);
      return operation !== undefined && operation in operations
        ? `secretsmanager:${operation}`
        : undefined;
    },
    resourcesOf: (request, account) => [arnIn(request, store, account)],
    handle: async (request) => {
      const call = Call.safeParse(fieldsOf(request));
      if (!call.success) return failed('ValidationException', z.prettifyError(call.error));
      const secret = store.find(call.data.SecretId);
      if (!secret) {
        return failed(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret.",
        );
      }
      const operation = Object.entries(operations).find(
        ([name]) => name === targetOf(request),
      )?.[1];
      return operation
        ? operation(secret, call.data, store)
        : failed('InvalidAction', 'No such call.');
    },
  };
}

function getValue(secret: StoredSecret, call: Call): PlayedResponse {
  const stage = call.VersionStage ?? (call.VersionId === undefined ? 'AWSCURRENT' : undefined);
  const version = secret.versions.find(
    ({ id, stages }) =>
      (call.VersionId === undefined || id === call.VersionId) &&
      (stage === undefined || stages.includes(stage)),
  );
  if (!version) {
    const which = call.VersionId ?? `staging label: ${stage}`;
    const message = `Secrets Manager can't find the specified secret value for ${which}`;
    return failed('ResourceNotFoundException', message);
  }
  const { id, stages, text, binary, createdAt } = version;
  return succeeded({
    ...identityOf(secret),
    VersionId: id,
    VersionStages: stages,
    CreatedDate: createdAt / 1000,
    ...(text !== undefined && { SecretString: text }),
    ...(binary !== undefined && { SecretBinary: binary }),
  });
}

function putValue(secret: StoredSecret, call: Call, store: SecretStore): PlayedResponse {
  const { SecretString: text, SecretBinary: binary, ClientRequestToken } = call;
  if (text === undefined && binary === undefined) {
    const message = 'You must provide either SecretString or SecretBinary.';
    return failed('InvalidRequestException', message);
  }
  const version = store.put(secret.arn, { text, binary, token: ClientRequestToken });
  return succeeded({ ...identityOf(secret), VersionId: version.id, VersionStages: version.stages });
}

function describe(secret: StoredSecret): PlayedResponse {
  const stages = secret.versions.map(({ id, stages }) => [id, stages] as const);
  return succeeded({ ...identityOf(secret), VersionIdsToStages: Object.fromEntries(stages) });
}

function identityOf({ arn, name }: StoredSecret) {
  return { ARN: arn, Name: name };
}

function arnIn(request: PlayedRequest, store: SecretStore, account: Account): string {
  const { SecretId } = fieldsOf(request);
  const id = typeof SecretId === 'string' ? SecretId : '';
  const unknown = `arn:aws:secretsmanager:${account.region}:${account.accountId}:secret:${id}`;
  return store.find(id)?.arn ?? (id.startsWith('arn:') ? id : unknown);
}

function succeeded(body: object): PlayedResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 200, headers, body: JSON.stringify(body) };
}

function failed(code: string, message: string): PlayedResponse {
  return errorIn('json-1.1', { status: 400, code, message });
}
