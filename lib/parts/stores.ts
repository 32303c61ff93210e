import * as z from 'zod';

const count = z.int().positive();

/** An id as AWS gives it to something in a VPC. */
const idOf = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), {
    error: `it must be an id, such as ${prefix}-0123456789abcdef0`,
  });

const Zone = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, {
  error: 'each must be an availability zone, such as ap-south-1a',
});

const endpointZones = count.describe(
  'In how many of the zones SQS and Secrets Manager have an endpoint. One is cheapest. Functions reach it from other zones, but if its zone fails they reach neither service.',
);

const NewNetwork = z.strictObject({
  kind: z.literal('new'),
  zones: z
    .array(Zone)
    .describe('Availability zones. They are listed, because a lookup would need an account.'),
  cidr: z.cidrv4().describe('The addresses of the VPC.'),
  endpointZones,
});

const ExistingSubnet = z.strictObject({
  subnetId: idOf('subnet').describe('The id of a subnet for functions and new stores.'),
  zone: Zone.describe('Its availability zone.'),
  routeTableId: idOf('rtb').describe('Its route table.'),
});

const NewEndpoints = z.strictObject({ kind: z.literal('new'), endpointZones });

const ExistingEndpoints = z.strictObject({
  kind: z.literal('existing'),
  securityGroupId: idOf('sg').describe(
    'The security group of the interface endpoints of SQS and Secrets Manager. Both answer to private DNS names, and the subnets lead to DynamoDB by a gateway endpoint.',
  ),
});

const ExistingNetwork = z.strictObject({
  kind: z.literal('existing'),
  vpcId: idOf('vpc').describe(
    'The id of the VPC. DNS resolution and DNS host names must be on in it, for the private names of endpoints.',
  ),
  subnets: z.array(ExistingSubnet).describe('Subnets of the VPC, in two zones at least.'),
  dynamoDbPrefixListId: idOf('pl').describe(
    "The region's prefix list of DynamoDB. Functions may open connections to it, and to no other address outside the VPC.",
  ),
  endpoints: z
    .discriminatedUnion('kind', [NewEndpoints, ExistingEndpoints])
    .describe(
      'New endpoints of SQS, Secrets Manager and DynamoDB, or those that the VPC has: a second endpoint of a service cannot have the private DNS name that clients use.',
    ),
});

export const NetworkSettings = z.discriminatedUnion('kind', [NewNetwork, ExistingNetwork]);

const NewDatabase = z.strictObject({
  kind: z.literal('new'),
  minCapacity: z
    .number()
    .min(0)
    .multipleOf(0.5)
    .describe('Aurora capacity units, of about 2 GB each. 0 lets the database sleep.'),
  maxCapacity: z
    .number()
    .min(1)
    .max(256)
    .multipleOf(0.5)
    .describe('The same at most. It also says how many connections the database allows.'),
  pauseAfterSeconds: z
    .int()
    .min(300)
    .max(86_400)
    .optional()
    .describe('When `minCapacity` is 0: how long nobody is connected before the database sleeps.'),
  readers: z
    .int()
    .min(0)
    .max(15)
    .describe('Instances in addition to the writer. One of them replaces the writer if it fails.'),
  backupDays: z.int().min(1).max(35).describe('To how many days back it can be restored.'),
});

/** The pieces of an instance class: `db.r6g.2xlarge` is of the family r, and of the size 2xlarge. */
const InstanceClass = z.string().regex(/^db\.([a-z]+)\d+[a-z]*\.(\d*[a-z]+)$|^db\.serverless$/, {
  error: 'it must be an instance class, such as db.r6g.large',
});

const ExistingDatabase = z.strictObject({
  kind: z.literal('existing'),
  engine: z
    .enum(['instance', 'cluster'])
    .describe('An RDS for PostgreSQL instance, or a cluster (Aurora or Multi-AZ).'),
  identifier: z.string().min(1).describe('Its DB instance or DB cluster identifier.'),
  host: z
    .string()
    .regex(/\.rds\.amazonaws\.com$/, {
      error:
        'it must be the endpoint that RDS gave it, which ends in .rds.amazonaws.com: its certificate is for no other name',
    })
    .describe('The endpoint of the writer.'),
  port: z.int().min(1).max(65_535).describe('Its port.'),
  databaseName: z
    .string()
    .min(1)
    .describe('The database in it. Our tables are in the schema `weelo`; others are not touched.'),
  instanceClass: InstanceClass.describe('Its class, which says how many connections it allows.'),
  maxConnections: count
    .optional()
    .describe('`max_connections`, if its parameter group says so, or if the class does not.'),
  securityGroupId: idOf('sg').describe(
    'Its security group. Our functions and the proxy are let in by a rule in it.',
  ),
  ownerSecretArn: z
    .string()
    .describe(
      'The secret with `username` and `password` of a role that may CREATEROLE, and create a schema in the database. Migrations log in as this role.',
    ),
  ownerSecretKeyArn: z
    .string()
    .regex(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, { error: "it must be a KMS key's ARN" })
    .optional()
    .describe('The KMS key of that secret, if it is not the one that AWS manages.'),
});

export const DatabaseSettings = z.discriminatedUnion('kind', [NewDatabase, ExistingDatabase]);

const NewCache = z.strictObject({
  kind: z.literal('new'),
  maxGigabytes: count.describe('How much it may hold.'),
  maxUnitsPerSecond: count.describe(
    'ElastiCache processing units per second: about one per simple command.',
  ),
  snapshotDays: z.int().min(0).max(35).describe('How many days a daily snapshot is kept.'),
});

const ExistingCache = z.strictObject({
  kind: z.literal('existing'),
  url: z
    .string()
    .describe(
      '`rediss://<host>:<port>` (TLS) or `redis://<host>:<port>` (plain), used as written.',
    ),
  mode: z
    .enum(['cluster', 'single'])
    .describe('Which client to use. ElastiCache Serverless is a cluster.'),
  securityGroupId: idOf('sg').describe(
    'Its security group. Our functions are let in by a rule in it.',
  ),
});

export const CacheSettings = z.discriminatedUnion('kind', [NewCache, ExistingCache]);
