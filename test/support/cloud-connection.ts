import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { openConnections } from '../../src/messaging/connections/connections.ts';
import { openStateTable } from '../../src/platform/aws/state-table.ts';
import { systemClock } from '../../src/platform/clock.ts';

/** Notes somebody at the other end of a connection, with socket-connect's right to do so. */
export async function letInOn(
  connectionId: string,
  connect: Readonly<Record<string, string>>,
  userId = 'bench',
  openedAt = Date.now(),
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: connect['AWS_ENDPOINT_URL_DYNAMODB'] ?? connect['AWS_ENDPOINT_URL'] ?? '',
    region: connect['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: connect['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: connect['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const table = openStateTable(connect['CONNECTIONS_TABLE'] ?? '', systemClock, client);
  const caller = {
    userId,
    role: 'customer',
    sessionId: 'bench',
    tokenEndsAt: openedAt + 3_600_000,
  } as const;
  await openConnections(table, systemClock).keep({
    id: connectionId,
    framing: 'plain',
    caller,
    openedAt,
  });
  client.destroy();
}
