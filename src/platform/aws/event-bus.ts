import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { AwsPatience } from './aws.ts';

/** An event as EventBridge takes it. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly at: Date;
  readonly detail: object;
}

export type PutOnBus = (event: BusEvent) => Promise<void>;

/** An event bus, from outside the VPC. EventBridge cannot be reached from inside. */
export function openEventBus(name: string, patience: AwsPatience): PutOnBus {
  const client = new EventBridgeClient(patience);
  return async ({ source, detailType, at, detail }) => {
    const entry = {
      EventBusName: name,
      Source: source,
      DetailType: detailType,
      Time: at,
      Detail: JSON.stringify(detail),
    };
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    // EventBridge answers a refused event with 200.
    const refusedFor = Entries[0]?.ErrorCode;
    if (refusedFor !== undefined) throw new Error(`EventBridge refused an event: ${refusedFor}`);
  };
}
