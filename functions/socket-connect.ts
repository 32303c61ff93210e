import { readEnvironment } from '../src/contract/functions.ts';
import { identifyBy } from '../src/identity/access-token.ts';
import { publicKeys } from '../src/identity/public-keys.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openSecrets } from '../src/platform/secrets.ts';
import { connectFunction } from './edge/socket/connect-function.ts';

const env = readEnvironment('socket-connect', process.env);
const readKeys = publicKeys(openSecrets().read, env.PUBLIC_KEYS_SECRET_ARN, systemClock);

export const handler = connectFunction(identifyBy(readKeys, systemClock));
