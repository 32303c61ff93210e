import { readEnvironment } from '../src/contract/functions.ts';
import { mintCodeKey } from '../src/identity/codes/mint-code-key.ts';
import { mintFirstKeys } from '../src/identity/keys/mint-first-keys.ts';
import { logger } from '../src/platform/logs/observability.ts';
import { openSecrets } from '../src/platform/aws/secrets.ts';
import { deploymentFunction } from './edge/deployment-function.ts';

const env = readEnvironment('keys', process.env);
const secrets = openSecrets();
const access = { readSecret: secrets.read, writeSecret: secrets.write };

export const handler = deploymentFunction('signing-keys', async () => {
  const signingKeys = await mintFirstKeys({
    ...access,
    signingKeysArn: env.SIGNING_KEYS_SECRET_ARN,
    publicKeysArn: env.PUBLIC_KEYS_SECRET_ARN,
  });
  const codeKey = await mintCodeKey({ ...access, codeKeyArn: env.CODE_KEY_SECRET_ARN });
  logger.info('First keys', { signingKeys, codeKey });
});
