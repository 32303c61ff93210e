import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import { edgeRegion } from '../../lib/parts/edge.ts';
import type { Reading } from './facts.ts';

export type Clients = ReturnType<typeof clientsIn>;

/** A client of each service that preflight asks, with the operator's own credentials. */
export function clientsIn(region: string) {
  const settings = {
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000 },
  };
  return {
    sts: new STSClient(settings),
    iam: new IAMClient(settings),
    ec2: new EC2Client(settings),
    rds: new RDSClient(settings),
    lambda: new LambdaClient(settings),
    quotas: new ServiceQuotasClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    edgeFormation: new CloudFormationClient({ ...settings, region: edgeRegion }),
    secrets: new SecretsManagerClient(settings),
    sms: new PinpointSMSVoiceV2Client(settings),
  };
}

/** What a call found, or why it was refused. One that is refused does not keep the others from being read. */
export async function read<T>(ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { found: await ask() };
  } catch (error) {
    return { refused: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** `false` if the error says that something does not exist. Any other error is thrown again. */
export function absent(error: unknown, name: string): false {
  if (error instanceof Error && error.name.startsWith(name)) return false;
  throw error;
}
