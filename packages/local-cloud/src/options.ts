import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GatewayLimits } from './gateway/limits.ts';
import type { LogLine } from './lambda/functions.ts';
import type { Outside } from './outside/outside.ts';
import type { KeptMemory } from './lambda/functions.ts';
import type { CloudStatus } from './status.ts';

export interface CloudOptions {
  /** The folder of a synthesized app: its templates and assets. */
  readonly assembly: string;
  /** Where data is kept; made by the caller. Default: nowhere, it ends with the cloud. */
  readonly dataFolder?: string;
  /** Where the gateway listens on 127.0.0.1. Default: any free port. */
  readonly port?: number;
  /** Paths whose upgrades go to the WebSocket API. Default: that of its stage. */
  readonly webSocketPaths?: readonly string[];
  /** Variables that take base URLs of what is not AWS, and the host that each stands for. */
  readonly baseUrls?: Readonly<Record<string, string>>;
  /** Variables that every function gets beside the template's. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Environments of one function at most. Default: 10. */
  readonly mostEnvironments?: number;
  /** API Gateway's quotas. Default: those that AWS gives an account. */
  readonly limits?: Partial<GatewayLimits>;
  /** Routes of this machine alone, which the gateway asks first. Default: none. */
  readonly devRoutes?: (
    outside: Outside,
    status: () => CloudStatus,
    memory: () => Promise<readonly KeptMemory[]>,
  ) => DevRoutes;
  readonly onLog?: (line: LogLine) => void;
  /** Hears in a sentence what is being done, and of every call that was refused. */
  readonly onNotice?: (sentence: string) => void;
}

type DevRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
