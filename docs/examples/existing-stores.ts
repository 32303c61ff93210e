import type { Stage } from '../../lib/parts/stage.ts';
import { stageNamed } from '../../lib/parts/stages.ts';

/**
 * A stage like prod, in a VPC and on stores that exist. In lib/parts/stages.ts, write `...prod`, and list the stage
 * among the known ones. Each of the three can be `new` instead.
 */
export const onExistingStores: Stage = {
  ...stageNamed('prod'),
  name: 'takeover',
  network: {
    kind: 'existing',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    subnets: [
      {
        subnetId: 'subnet-0a1b2c3d4e5f60711',
        zone: 'ap-south-1a',
        routeTableId: 'rtb-0a1b2c3d4e5f60711',
      },
      {
        subnetId: 'subnet-0a1b2c3d4e5f60712',
        zone: 'ap-south-1b',
        routeTableId: 'rtb-0a1b2c3d4e5f60712',
      },
    ],
    dynamoDbPrefixListId: 'pl-0a1b2c3d',
    endpoints: { kind: 'existing', securityGroupId: 'sg-0a1b2c3d4e5f60713' },
  },
  database: {
    kind: 'existing',
    engine: 'instance',
    identifier: 'weelo-main',
    host: 'weelo-main.abcdefghijkl.ap-south-1.rds.amazonaws.com',
    port: 5432,
    databaseName: 'postgres',
    instanceClass: 'db.m6g.xlarge',
    securityGroupId: 'sg-0a1b2c3d4e5f60714',
    ownerSecretArn: 'arn:aws:secretsmanager:ap-south-1:123456789012:secret:rds!db-0a1b2c3d-AbCdEf',
  },
  cache: {
    kind: 'existing',
    url: 'rediss://weelo-abcdef.serverless.aps1.cache.amazonaws.com:6379',
    mode: 'cluster',
    securityGroupId: 'sg-0a1b2c3d4e5f60715',
  },
};
