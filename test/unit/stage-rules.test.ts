import { describe, expect, test } from 'vitest';
import { onExistingStores } from '../../docs/examples/existing-stores.ts';
import { complaintsAbout, requireRightSettings } from '../../lib/parts/stage-rules.ts';
import type { Stage } from '../../lib/parts/stage.ts';
import { stageNamed } from '../../lib/parts/stages.ts';

const alarmsTo = 'operators@example.com';
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0a1b';
const dev = stageNamed('dev');
const prod = stageNamed('prod', { alarmsTo });
const takeover: Stage = { ...onExistingStores, alarmsTo };

type Kind<Of extends 'network' | 'database' | 'cache', K extends 'new' | 'existing'> = Extract<
  Stage[Of],
  { readonly kind: K }
>;

/** A stage of which one store is a little different. */
function changed<Of extends 'network' | 'database' | 'cache', K extends 'new' | 'existing'>(
  stage: Stage,
  store: Of,
  kind: K,
  change: Partial<Kind<Of, K>>,
): Stage {
  expect(stage[store].kind).toBe(kind);
  return { ...stage, [store]: { ...stage[store], ...change } };
}

const withNetwork = (change: Partial<Kind<'network', 'new'>>) =>
  changed(prod, 'network', 'new', change);
const withDatabase = (stage: Stage, change: Partial<Kind<'database', 'new'>>) =>
  changed(stage, 'database', 'new', change);
const withRds = (change: Partial<Kind<'database', 'existing'>>) =>
  changed(takeover, 'database', 'existing', change);
const withRedis = (change: Partial<Kind<'cache', 'existing'>>) =>
  changed(takeover, 'cache', 'existing', change);

/** The same settings as somebody would write them who does not check types: synthesis does not. */
const untyped = (stage: Stage, change: object): Stage => ({ ...stage, ...change });

describe('the settings of a stage', () => {
  test.each([
    ['dev', dev],
    ['staging', stageNamed('staging', { alarmsTo })],
    ['prod', prod],
    ['local', stageNamed('local')],
    ['on existing stores', takeover],
    ['on a Redis without TLS', withRedis({ url: 'redis://10.0.0.7:6379', mode: 'single' })],
    ['with a domain', { ...prod, domain: { name: 'api.example.com', certificateArn } }],
  ])('are right: %s', (_, stage) => {
    expect(complaintsAbout(stage)).toEqual([]);
  });

  test.each<readonly [string, Stage, string]>([
    [
      'plain TCP in an account',
      { ...prod, tls: false },
      'tls: set it to `true`. Plain TCP is for the stage `local` alone.',
    ],
    [
      'a zone of another region',
      withNetwork({ zones: ['ap-south-1a', 'ap-south-2b'], endpointZones: 1 }),
      'network: ap-south-2b is not in the region ap-south-1. Name zones of that region, or another region.',
    ],
    [
      'one zone',
      withNetwork({ zones: ['ap-south-1a'], endpointZones: 1 }),
      'network: name two zones at least, such as ap-south-1a and ap-south-1b. PostgreSQL and Redis each need two.',
    ],
    [
      'a zone twice',
      withNetwork({ zones: ['ap-south-1a', 'ap-south-1b', 'ap-south-1b'] }),
      'network: each zone may be named once. An endpoint takes one subnet of each zone.',
    ],
    [
      'endpoints in more zones than there are',
      withNetwork({ endpointZones: 4 }),
      'network: endpointZones is 4, but there are 3 zones. Set it to 3 or less.',
    ],
    [
      'a database that is smaller than it is',
      withDatabase(prod, { minCapacity: 40 }),
      'database.maxCapacity: set it to 40 at least, which is the minCapacity.',
    ],
    [
      'a database that sleeps, and does not say when',
      withDatabase(dev, { pauseAfterSeconds: undefined }),
      'database.pauseAfterSeconds: set it, to 300 for example, because minCapacity is 0.',
    ],
    [
      'a time to sleep for one that does not',
      withDatabase(prod, { pauseAfterSeconds: 300 }),
      'database.pauseAfterSeconds: leave it out, or set minCapacity to 0. Only then does the database sleep.',
    ],
    [
      'a proxy that keeps it awake',
      { ...dev, proxy: true },
      'proxy: set it to `false`, or minCapacity to 0.5. The proxy is always connected, so the database would never sleep.',
    ],
    [
      "an owner's secret by its name",
      withRds({ ownerSecretArn: 'weelo/owner' }),
      'database.ownerSecretArn: set it to the whole ARN of a secret in ap-south-1, with the six characters at its end: arn:aws:secretsmanager:ap-south-1:<account>:secret:<name>-<six characters>.',
    ],
    [
      'a class that does not say how many may connect',
      withRds({ instanceClass: 'db.serverless' }),
      'database.maxConnections: set it to what `SHOW max_connections` says. It cannot be told from the class db.serverless.',
    ],
    [
      'a Redis without a port',
      withRedis({ url: 'rediss://redis.example.com' }),
      'cache.url: write it as rediss://<host>:<port> (TLS) or redis://<host>:<port> (plain).',
    ],
    [
      'a Redis by HTTP',
      withRedis({ url: 'https://redis.example.com:6379' }),
      'cache.url: write it as rediss://<host>:<port> (TLS) or redis://<host>:<port> (plain).',
    ],
    [
      'a password of Redis',
      withRedis({ url: 'rediss://default:secret@redis.example.com:6379' }),
      'cache.url: leave out user and password. The URL is an environment variable, which many may read. Let the security group decide who may connect.',
    ],
    [
      'ElastiCache Serverless without TLS',
      withRedis({ url: 'redis://weelo-abcdef.serverless.aps1.cache.amazonaws.com:6379' }),
      'cache.url: write it with rediss://. ElastiCache Serverless speaks TLS alone.',
    ],
    [
      'ElastiCache Serverless as a single node',
      withRedis({ mode: 'single' }),
      'cache.mode: set it to `cluster`. ElastiCache Serverless is a cluster.',
    ],
    [
      'alarms that nobody gets',
      stageNamed('prod'),
      'alarmsTo: the stage prod has alarms, and nobody who gets them. Say who, with -c alarmsTo=<email> or in the environment variable WEELO_ALARMS_TO.',
    ],
    [
      'reservations that leave too little',
      { ...prod, accountConcurrency: 700 },
      "reservedConcurrency: it is 615 in all. Set it to 600 at most, because 100 of the account's 700 must stay unreserved.",
    ],
    [
      'reservations in a new account',
      { ...dev, reservedConcurrency: { orders: 1 } },
      'reservedConcurrency: set it to {}. An account that may run 10 functions allows no reservation. Or have the quota raised, and set accountConcurrency.',
    ],
    [
      'a queue that starts more than is reserved for its worker',
      { ...prod, reservedConcurrency: { ...prod.reservedConcurrency, notify: 10 } },
      'reservedConcurrency: reserve 50 for dispatch and notify each, or nothing. A queue starts as many as queueConcurrency says, and a message that finds no room loses one of its five tries.',
    ],
    [
      'queues that use up the account',
      { ...dev, queueConcurrency: 5 },
      'queueConcurrency: set it to 4 at most. Two queues would otherwise use all 10 that the account may run, and leave nothing for requests.',
    ],
    [
      'more connections than the database allows',
      withDatabase(prod, { minCapacity: 1, maxCapacity: 4 }),
      'reservedConcurrency: the functions on PostgreSQL could open 1333 connections, and four fifths of the 823 that the database allows are 658. Reserve less, for each of these functions, or take a larger database.',
    ],
    [
      'an unbounded function on a small database',
      { ...withRds({ instanceClass: 'db.t4g.medium' }), reservedConcurrency: {} },
      'reservedConcurrency: the functions on PostgreSQL could open 2001 connections, and four fifths of the 400 that the database allows are 320. Reserve less, for each of these functions, or take a larger database.',
    ],
    [
      'no region',
      untyped(prod, { region: undefined }),
      'region: it is missing, and it must be of the type string.',
    ],
    [
      'a mistyped setting',
      untyped(prod, { regoin: 'x' }),
      'there is no setting regoin here: leave it out.',
    ],
    [
      'a kind of store that there is not',
      untyped(prod, { cache: { kind: 'old' } }),
      'cache.kind: its `kind` must be `new` or `existing`.',
    ],
    [
      'a Redis that does not say what it is',
      withRedis({ mode: undefined as never }),
      'cache.mode: it is missing, and it must be cluster or single.',
    ],
    [
      'an address that is none',
      { ...prod, alarmsTo: 'anna' },
      'alarmsTo: it must be one email address.',
    ],
    [
      'a quota that no account has',
      { ...prod, accountConcurrency: 5 },
      'accountConcurrency: it must be 10 or more.',
    ],
    [
      'a page for an origin',
      { ...prod, corsOrigins: ['https://www.example.com/app'] },
      'corsOrigins.0: each must be an origin, such as https://www.example.com, without a path.',
    ],
    [
      'every origin',
      { ...prod, corsOrigins: ['*'] },
      'corsOrigins.0: each must be an origin, such as https://www.example.com, without a path.',
    ],
    [
      'a certificate of another region',
      {
        ...prod,
        domain: {
          name: 'api.example.com',
          certificateArn: certificateArn.replace('us-east-1', 'ap-south-1'),
        },
      },
      'domain.certificateArn: it must be the ARN of a certificate in us-east-1, because CloudFront takes no other: arn:aws:acm:us-east-1:<account>:certificate/<id>.',
    ],
    [
      'a domain for no edge',
      { ...dev, domain: { name: 'api.example.com', certificateArn } },
      'domain: leave it out, or set edge. Without an edge, nothing answers under that name.',
    ],
    [
      'a firewall that does neither',
      untyped(prod, { edge: { firewall: 'off', sends: 'first' } }),
      'edge.firewall: it must be count or block.',
    ],
    [
      'a sender id that is too long',
      { ...prod, sms: { sender: 'WEELOTRUCKS1' } },
      'sms.sender: it must be a sender id of at most 11 characters, or the id of a pool or a phone number.',
    ],
    [
      'half units of half units',
      withDatabase(prod, { minCapacity: 0.7 }),
      'database.minCapacity: it must be a multiple of 0.5.',
    ],
    [
      'a database behind another name',
      withRds({ host: 'db.example.com' }),
      'database.host: it must be the endpoint that RDS gave it, which ends in .rds.amazonaws.com: its certificate is for no other name.',
    ],
    [
      'a VPC by its name',
      changed(takeover, 'network', 'existing', { vpcId: 'main' }),
      'network.vpcId: it must be an id, such as vpc-0123456789abcdef0.',
    ],
  ])('are wrong: %s', (_, stage, complaint) => {
    expect(complaintsAbout(stage)).toEqual([complaint]);
  });

  test('that are wrong are all named by the error that stops a synthesis', () => {
    const wrong = { ...stageNamed('prod'), tls: false };
    expect(() => requireRightSettings(wrong)).toThrow(
      /^The stage prod cannot be deployed as it is configured \(lib\/parts\/stages.ts, docs\/stages.md\):\n- tls: .*\n- alarmsTo: .*$/,
    );
    expect(() => requireRightSettings(prod)).not.toThrow();
  });
});
