import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { exactly } from '../../parts/exactly.ts';
import type { Stage } from '../../parts/stage.ts';

export interface DomainEventBusProps {
  readonly stage: Stage;
}

/** The bus on which other systems listen to domain events (docs/domain-events.md). They attach rules of their own. */
export class DomainEventBus extends Construct {
  readonly bus: IEventBus;

  constructor(scope: Construct, id: string, { stage }: DomainEventBusProps) {
    super(scope, id);
    const bus = new EventBus(this, 'Bus', {
      eventBusName: `weelo-${stage.name}`,
      description: 'What happens to orders, for other systems',
    });
    this.bus = exactly<IEventBus>(bus);
  }

  grantPublish(to: IGrantable): void {
    this.bus.grantPutEventsTo(to);
  }
}
