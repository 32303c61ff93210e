import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { DataStack } from '../../data/data-stack.ts';
import type { Provisions } from '../../parts/provision.ts';
import type { Stage } from '../../parts/stage.ts';
import type { RealtimeApi } from '../apis/realtime-api.ts';
import type { WorkQueue } from '../work/work-queue.ts';
import type { DomainEventBus } from '../work/domain-event-bus.ts';
import { codeBudgetProvision } from './code-budget.ts';
import { edgeProvision } from './edge.ts';
import type { DatabaseProxy } from './database-proxy.ts';
import { keyProvisions } from './keys.ts';
import { messageProvisions } from './messages.ts';
import { outsideProvisions } from './outside.ts';
import { postgresProvisions } from './postgres.ts';
import { storeProvisions } from './stores.ts';
import type { TestCodes } from './test-codes.ts';
import { walkProvisions } from './walking.ts';

export interface ProvisionsProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly proxy: DatabaseProxy | undefined;
  readonly dispatch: WorkQueue;
  readonly notify: WorkQueue;
  readonly realtime: RealtimeApi;
  readonly domainEvents: DomainEventBus;
  readonly testCodes: TestCodes;
  /** Where the HTTP API itself answers. */
  readonly httpUrl: string;
  readonly dataLayer: ILayerVersion;
}

/** Says, for each resource, which variables and permissions a function gets that uses it. */
export function provisionsOf(props: ProvisionsProps): Provisions {
  const { stage, data, proxy, dispatch, notify, realtime, domainEvents, dataLayer } = props;
  const { database, cache, tables, signingKeys, codeKey, tripCodeKey, pushAccount } = data;
  return {
    ...postgresProvisions({ stage, database, proxy, dataLayer }),
    ...storeProvisions({ cache, tables }),
    ...messageProvisions({ dispatch, notify, realtime, domainEvents }),
    ...keyProvisions({ signingKeys, codeKey, tripCodeKey }),
    ...codeBudgetProvision(stage),
    ...edgeProvision(data.edgeSecret),
    ...outsideProvisions({ stage, pushAccount }),
    ...walkProvisions({ stage, testCodes: props.testCodes, httpUrl: props.httpUrl }),
  };
}
