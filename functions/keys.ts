import { readEnvironment } from '../src/contract/functions.ts';
import { mintFirstKeys } from '../src/identity/mint-first-keys.ts';
import { logger } from '../src/platform/observability.ts';
import { openSecrets } from '../src/platform/secrets.ts';
import { deploymentFunction } from './edge/deployment-function.ts';

const env = readEnvironment('keys', process.env);
const secrets = openSecrets();

export const handler = deploymentFunction('signing-keys', async () => {
  const outcome = await mintFirstKeys({
    readSecret: secrets.read,
    writeSecret: secrets.write,
    signingKeysArn: env.SIGNING_KEYS_SECRET_ARN,
    publicKeysArn: env.PUBLIC_KEYS_SECRET_ARN,
  });
  logger.info('Signing keys', { outcome });
});
