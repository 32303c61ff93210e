import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';

/** What became of a post. `throttled`: by the account's quota, or because the client does not read. */
export type Posted = 'posted' | 'gone' | 'throttled';

/** The sockets of clients, from outside the VPC. API Gateway cannot be reached from inside. */
export interface Sockets {
  post(connectionId: string, text: string): Promise<Posted>;
  isOpen(connectionId: string): Promise<boolean>;
  /** A socket that is gone already is not an error. */
  close(connectionId: string): Promise<void>;
}

/** One slow socket must not hold up the others, so a post is given up early. The caller decides about another try. */
const patience = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true },
} as const;

export function openSockets(endpoint: string): Sockets {
  const client = new ApiGatewayManagementApiClient({ endpoint, ...patience });
  return {
    post: async (ConnectionId, text) => {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId, Data: text }));
        return 'posted';
      } catch (error) {
        if (error instanceof GoneException) return 'gone';
        if (error instanceof LimitExceededException) return 'throttled';
        throw error;
      }
    },
    isOpen: async (ConnectionId) => {
      try {
        await client.send(new GetConnectionCommand({ ConnectionId }));
        return true;
      } catch (error) {
        if (error instanceof GoneException) return false;
        throw error;
      }
    },
    close: async (ConnectionId) => {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId }));
      } catch (error) {
        if (!(error instanceof GoneException)) throw error;
      }
    },
  };
}
