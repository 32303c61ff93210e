import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { whenDone } from './when-done.ts';

const Call = z.object({ SecretId: z.string(), SecretString: z.string().optional() });

/**
 * The two calls of Secrets Manager that our functions make, on a port of this machine, over the real
 * protocol. A secret that was made and never written answers as AWS does.
 */
export async function secretsManager(secrets: Map<string, string> = new Map()) {
  const server = createServer(async (request, response) => {
    const { SecretId, SecretString } = Call.parse(await json(request));
    const writes = request.headers['x-amz-target'] === 'secretsmanager.PutSecretValue';
    if (writes) secrets.set(SecretId, SecretString ?? '');
    const value = secrets.get(SecretId);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.statusCode = value === undefined ? 400 : 200;
    const missing = { __type: 'ResourceNotFoundException', Message: 'No value for AWSCURRENT' };
    const found = { ARN: SecretId, Name: SecretId, ...(writes ? {} : { SecretString: value }) };
    response.end(JSON.stringify(value === undefined ? missing : found));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { endpoint: `http://127.0.0.1:${port}`, secrets };
}
