/** Posts a text to connections by the AWS SDK and does nothing else: a process of its own, as notify is one. */
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import * as z from 'zod';
import { inParallel } from '../../src/platform/in-parallel.ts';

const Task = z.object({ text: z.string(), connectionIds: z.array(z.string()) });

/** As many as notify posts to at the same time. */
const postsAtOnce = 50;

// The stage's own name leads to the local cloud from inside a function only.
const stagePath = new URL(process.env['CONNECTIONS_API_URL'] ?? '').pathname;
const client = new ApiGatewayManagementApiClient({
  endpoint: `${process.env['AWS_ENDPOINT_URL']}${stagePath}`,
});

process.on('message', (message) => {
  const { text, connectionIds } = Task.parse(message);
  const post = (ConnectionId: string) =>
    client.send(new PostToConnectionCommand({ ConnectionId, Data: text }));
  void inParallel(connectionIds, postsAtOnce, post);
});
