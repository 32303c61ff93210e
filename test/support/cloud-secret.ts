import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A secret's text, as a function of the cloud reads it: by the variables of its environment. */
export async function readSecretAs(
  reader: Readonly<Record<string, string>>,
  SecretId: string,
): Promise<string | undefined> {
  const client = new SecretsManagerClient({
    endpoint: reader['AWS_ENDPOINT_URL'] ?? '',
    region: reader['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: reader['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: reader['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
  client.destroy();
  return SecretString;
}
