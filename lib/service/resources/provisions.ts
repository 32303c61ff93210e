import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Resource, resources } from '../../../src/contract/environment.ts';
import type { DatabaseProxy } from './database-proxy.ts';
import type { DataStack } from '../../data/data-stack.ts';
import { grantLocation } from './location.ts';
import type { Provision } from '../../parts/provision.ts';
import type { RealtimeApi } from '../apis/realtime-api.ts';
import { grantSendSms } from './sms-sender.ts';
import type { Stage } from '../../parts/stages.ts';
import type { WorkQueue } from '../work/work-queue.ts';

/** What a function of the contract can be given. A variable left out of a line does not compile. */
export type Provisions = {
  readonly [R in Resource]: Provision<(typeof resources)[R]['variables'][number]>;
};

export interface ProvisionsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly proxy: DatabaseProxy;
  readonly dispatch: WorkQueue;
  readonly notify: WorkQueue;
  readonly realtime: RealtimeApi;
  readonly dataLayer: ILayerVersion;
}

/** The one place that says which variables and which rights come with the use of what. */
export function provisionsOf(props: ProvisionsProps): Provisions {
  const { stage, data, proxy, dispatch, notify, realtime, dataLayer } = props;
  const { database, cache, tables, signingKeys, codeKey } = data;
  const writer = database.cluster.clusterEndpoint;
  const connection = {
    DATABASE_PORT: writer.port.toString(),
    DATABASE_NAME: database.databaseName,
    DATABASE_TLS: stage.tls ? 'verify-full' : 'off',
  };
  return {
    postgres: {
      variables: {
        ...connection,
        DATABASE_HOST: proxy.proxy.endpoint,
        DATABASE_SECRET_ARN: database.serviceSecret.secretArn,
      },
      grant: reading(database.serviceSecret),
      clients: database.proxyDoor.clients,
      layer: dataLayer,
    },
    'postgres-admin': {
      variables: {
        ...connection,
        DATABASE_HOST: writer.hostname,
        DATABASE_SECRET_ARN: database.ownerSecret.secretArn,
        DATABASE_SERVICE_SECRET_ARN: database.serviceSecret.secretArn,
      },
      grant: reading(database.ownerSecret, database.serviceSecret),
      clients: database.door.clients,
      layer: dataLayer,
    },
    redis: {
      variables: { REDIS_URL: cache.url, REDIS_MODE: 'cluster' },
      // Valkey asks for no IAM: its door is what lets in.
      grant: () => {},
      clients: cache.door.clients,
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
    'dispatch-queue': {
      variables: { DISPATCH_QUEUE_URL: dispatch.queue.queueUrl },
      grant: (to) => dispatch.grantSend(to),
    },
    'notify-queue': {
      variables: { NOTIFY_QUEUE_URL: notify.queue.queueUrl },
      grant: (to) => notify.grantSend(to),
    },
    'connections-api': {
      variables: { CONNECTIONS_API_URL: realtime.connectionsUrl },
      grant: (to) => realtime.grantConnections(to),
    },
    'signing-keys': {
      variables: { SIGNING_KEYS_SECRET_ARN: signingKeys.privateKeys.secretArn },
      grant: (to) => signingKeys.grantSign(to),
    },
    'public-keys': {
      variables: { PUBLIC_KEYS_SECRET_ARN: signingKeys.publicKeys.secretArn },
      grant: (to) => signingKeys.grantVerify(to),
    },
    'code-key': {
      variables: { CODE_KEY_SECRET_ARN: codeKey.secret.secretArn },
      grant: (to) => codeKey.grantRead(to),
    },
    'code-budget': {
      variables: {
        OTP_SENDS_PER_PREFIX: String(stage.codes.perPrefix),
        OTP_SENDS_PER_ADDRESS: String(stage.codes.perAddress),
        OTP_SENDS_PER_DAY: String(stage.codes.perDay),
        OTP_KEPT_SHARE: String(stage.codes.keptShare),
      },
      // Figures: there is nothing to be let in to.
      grant: () => {},
    },
    sms: {
      variables: {
        SMS_SENDER: stage.sms.sender,
        SMS_DLT: JSON.stringify(stage.sms.dlt ?? null),
      },
      grant: (to) => grantSendSms(to, stage.sms.sender),
    },
    location: {
      variables: { PLACES_SOURCE: stage.placesSource },
      grant: grantLocation,
    },
    'key-rotation': {
      variables: {
        SIGNING_KEYS_SECRET_ARN: signingKeys.privateKeys.secretArn,
        PUBLIC_KEYS_SECRET_ARN: signingKeys.publicKeys.secretArn,
      },
      grant: (to) => signingKeys.grantMint(to),
    },
    'key-minting': {
      variables: {
        SIGNING_KEYS_SECRET_ARN: signingKeys.privateKeys.secretArn,
        PUBLIC_KEYS_SECRET_ARN: signingKeys.publicKeys.secretArn,
        CODE_KEY_SECRET_ARN: codeKey.secret.secretArn,
      },
      grant: (to) => {
        signingKeys.grantMint(to);
        codeKey.grantMint(to);
      },
    },
  };
}

const reading =
  (...secrets: readonly ISecret[]) =>
  (to: IGrantable): void => {
    for (const secret of secrets) secret.grantRead(to);
  };
