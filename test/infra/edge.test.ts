import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { edgeHeaders } from '../../src/contract/edge.ts';
import { functionNames, functions } from '../../src/contract/functions.ts';
import { callsPerUser } from '../../src/contract/http/route.ts';
import { polling } from '../../src/contract/socket/socket-io.ts';
import type { Stage } from '../../lib/parts/stage.ts';
import { synthesizeWeelo } from '../../lib/weelo-app.ts';
import { habits } from '../../tools/cost/journey.ts';
import { inScratch, pathOf, stageWithAddress, Synthesized, synthesized } from './synth.ts';

const staging = synthesized('staging');

const Origin = z.object({
  Id: z.string(),
  DomainName: z.unknown(),
  CustomOriginConfig: z.object({
    OriginProtocolPolicy: z.string(),
    OriginSSLProtocols: z.array(z.string()),
    OriginReadTimeout: z.number(),
  }),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.unknown() })),
});
const Behaviour = z.object({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  AllowedMethods: z.array(z.string()),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.string(),
  ViewerProtocolPolicy: z.string(),
  Compress: z.boolean(),
  FunctionAssociations: z.array(z.object({ EventType: z.string(), FunctionARN: z.unknown() })),
});
const Distribution = z.object({
  DistributionConfig: z.object({
    Aliases: z.array(z.string()).optional(),
    HttpVersion: z.string(),
    PriceClass: z.string(),
    WebACLId: z.unknown(),
    Origins: z.array(Origin),
    DefaultCacheBehavior: Behaviour,
    CacheBehaviors: z.array(Behaviour),
    ViewerCertificate: z.record(z.string(), z.unknown()).optional(),
  }),
});

const configIn = (stacks: Synthesized) =>
  Distribution.parse(stacks.one('AWS::CloudFront::Distribution', 'Distribution').Properties)
    .DistributionConfig;
const config = configIn(staging);

/** A stage that is a little different from staging. */
const changed = (change: Partial<Stage>) =>
  inScratch(
    (outdir) =>
      new Synthesized(
        synthesizeWeelo({
          stage: { ...stageWithAddress('staging'), ...change },
          outdir,
          bundle: false,
        }),
      ),
  );

describe('the stacks of a stage', () => {
  test.each([
    ['dev', false],
    ['local', false],
    ['staging', true],
    ['prod', true],
  ])('of %s have an edge: %s', (name, hasEdge) => {
    const types = ['AWS::CloudFront::Distribution', 'AWS::WAFv2::WebACL'];
    const made = types.map((type) => synthesized(name).ofType(type).length);
    expect(made).toEqual(hasEdge ? [1, 1] : [0, 0]);
    const { Properties } = synthesized(name).functionNamed('orders');
    const said = JSON.stringify(Properties['Environment']).includes('"EDGE_SECRET_ARN":"none"');
    expect(said).toBe(!hasEdge);
  });

  test('lie in two regions, and the edge is deployed last', () => {
    const stacks = inScratch((outdir) =>
      synthesizeWeelo({ stage: stageWithAddress('prod'), outdir, bundle: false }).stacks.map(
        ({ stackName, environment, dependencies }) => ({
          stackName,
          region: environment.region,
          after: dependencies.map(({ id }) => id).filter((each) => !each.endsWith('.assets')),
        }),
      ),
    );
    expect(stacks).toEqual([
      { stackName: 'weelo-prod-data', region: 'ap-south-1', after: [] },
      { stackName: 'weelo-prod-service', region: 'ap-south-1', after: ['weelo-prod-data'] },
      { stackName: 'weelo-prod-edge', region: 'us-east-1', after: ['weelo-prod-service'] },
    ]);
  });

  test('read across regions without a custom resource of the CDK', () => {
    const found = (pattern: RegExp) => [...new Set(staging.json.match(pattern))];
    expect(found(/\{"StackName":"weelo-staging-service","Region":"[^"]*"/g)).toEqual([
      '{"StackName":"weelo-staging-service","Region":"ap-south-1"',
    ]);
    expect(found(/CrossRegionExport|ExportsReader|ExportsWriter/g)).toEqual([]);
  });

  test('print under which URL the edge answers', () => {
    expect(staging.say(staging.outputs.get('EdgeUrl'))).toBe(
      'https://<Distribution/Distribution.DomainName>/',
    );
  });
});

describe('the distribution', () => {
  test('leads to both APIs by their own hosts, encrypted, and shows them the secret', () => {
    const origins = config.Origins.map((each) => ({
      id: each.Id,
      host: staging.say(each.DomainName),
      by: each.CustomOriginConfig,
      headers: each.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [
        HeaderName,
        staging.say(HeaderValue),
      ]),
    }));
    const common = {
      by: {
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
        OriginReadTimeout: 30,
      },
      headers: [
        [edgeHeaders.secret, '{{resolve:secretsmanager:weelo/staging/edge:SecretString:first::}}'],
      ],
    };
    const hostOf = (api: string) => `<${api}/Api>.execute-api.ap-south-1.<AWS::URLSuffix>`;
    expect(origins).toEqual([
      { id: 'http', host: hostOf('HttpApi'), ...common },
      { id: 'sockets', host: hostOf('RealtimeApi'), ...common },
    ]);
  });

  test('waits for as long as the slowest answer takes', () => {
    const http = functionNames.filter((name) => functions[name].trigger === 'http');
    const slowest = Math.max(...http.map((name) => functions[name].timeoutSeconds));
    expect(slowest).toBeGreaterThan(polling.waitsSeconds);
    for (const { CustomOriginConfig } of config.Origins) {
      expect(CustomOriginConfig.OriginReadTimeout).toBeGreaterThan(slowest);
    }
  });

  test('sends sockets to the WebSocket API, and all else to the HTTP API', () => {
    const behaviours = [config.DefaultCacheBehavior, ...config.CacheBehaviors];
    expect(behaviours.map((each) => [each.PathPattern, each.TargetOriginId])).toEqual([
      [undefined, 'http'],
      ['/ws', 'sockets'],
      ['/socket.io', 'sockets'],
      ['/socket.io/*', 'sockets'],
    ]);
  });

  test('caches nothing, forwards everything but the host, and overwrites the address of the client everywhere', () => {
    const behaviours = [config.DefaultCacheBehavior, ...config.CacheBehaviors];
    for (const behaviour of behaviours) {
      expect(behaviour).toMatchObject({
        // AWS's policies CachingDisabled and AllViewerExceptHostHeader.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
        Compress: false,
      });
      expect(behaviour.AllowedMethods).toHaveLength(7);
      const [first, ...more] = behaviour.FunctionAssociations;
      expect([first?.EventType, more]).toEqual(['viewer-request', []]);
      expect(staging.say(first?.FunctionARN)).toBe('<Distribution/ViewerRequest.FunctionARN>');
    }
  });

  test('speaks HTTP/3, in India, behind the firewall', () => {
    expect(config).toMatchObject({ HttpVersion: 'http2and3', PriceClass: 'PriceClass_200' });
    expect(staging.say(config.WebACLId)).toBe('<Firewall/WebAcl>');
  });

  test('runs the function in the runtime that can choose an origin', () => {
    const { Properties } = staging.one('AWS::CloudFront::Function', 'Distribution/ViewerRequest');
    expect(Properties).toMatchObject({
      AutoPublish: true,
      FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    });
    expect(Properties['FunctionCode']).toMatch(/^import cf from 'cloudfront';\n/);
    expect(Properties['FunctionCode']).toContain(edgeHeaders.address);
  });

  test("has CloudFront's own name, or a domain with TLS 1.2 at least", () => {
    expect([config.Aliases, config.ViewerCertificate]).toEqual([undefined, undefined]);
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0a1b';
    const named = changed({ domain: { name: 'api.example.com', certificateArn } });
    expect(configIn(named)).toMatchObject({
      Aliases: ['api.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    expect(named.outputs.get('EdgeUrl')).toBe('https://api.example.com/');
    expect(named.say(named.outputs.get('DistributionHost'))).toBe(
      '<Distribution/Distribution.DomainName>',
    );
  });
});

describe('the secret', () => {
  test('is made at random, has a replica at the edge, and goes with its stack', () => {
    const secret = staging.one('AWS::SecretsManager::Secret', 'EdgeSecret/');
    expect(secret).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        Name: 'weelo/staging/edge',
        ReplicaRegions: [{ Region: 'us-east-1' }],
        GenerateSecretString: {
          SecretStringTemplate: '{"second":""}',
          GenerateStringKey: 'first',
          PasswordLength: 64,
          ExcludePunctuation: true,
        },
      },
    });
  });

  test('changes the template of the edge when the other value is to be sent', () => {
    const rotated = changed({ edge: { firewall: 'count', sends: 'second' } });
    const sent = configIn(rotated).Origins.flatMap((each) => each.OriginCustomHeaders);
    expect(sent.map(({ HeaderValue }) => HeaderValue)).toEqual(
      Array(2).fill('{{resolve:secretsmanager:weelo/staging/edge:SecretString:second::}}'),
    );
  });

  test('is read by every function that clients call', () => {
    const called = functionNames.filter(
      (name) => functions[name].trigger === 'http' || name === 'socket-connect',
    );
    const uses = (name: (typeof functionNames)[number]): readonly string[] => functions[name].uses;
    expect(called.filter((name) => !uses(name).includes('edge-secret'))).toEqual([]);
  });
});

const Rule = z.object({
  Name: z.string(),
  Priority: z.number(),
  Action: z.record(z.string(), z.unknown()).optional(),
  OverrideAction: z.record(z.string(), z.unknown()).optional(),
  Statement: z.object({
    RateBasedStatement: z
      .object({ Limit: z.number(), EvaluationWindowSec: z.number(), AggregateKeyType: z.string() })
      .optional(),
    ManagedRuleGroupStatement: z
      .object({ Name: z.string(), RuleActionOverrides: z.array(z.unknown()).optional() })
      .optional(),
  }),
});

describe('the firewall', () => {
  const aclIn = (stacks: Synthesized) => stacks.one('AWS::WAFv2::WebACL', 'Firewall/').Properties;
  const rulesIn = (stacks: Synthesized) => z.array(Rule).parse(aclIn(stacks)['Rules']);
  const doneIn = (stacks: Synthesized) =>
    rulesIn(stacks).map(({ Action, OverrideAction }) =>
      Object.keys(Action ?? OverrideAction ?? {}).join(),
    );

  test('counts first, and blocks when the stage says so', () => {
    for (const stage of ['staging', 'prod']) {
      expect(doneIn(synthesized(stage))).toEqual(['Count', 'Count', 'Count', 'Count']);
    }
    const blocking = changed({ edge: { firewall: 'block', sends: 'first' } });
    expect(doneIn(blocking)).toEqual(['Block', 'None', 'None', 'None']);
  });

  test('has the managed rules, of which the one against large bodies only counts', () => {
    const groups = rulesIn(staging).flatMap(
      (each) => each.Statement.ManagedRuleGroupStatement ?? [],
    );
    expect(groups.map((each) => [each.Name, each.RuleActionOverrides])).toEqual([
      ['AWSManagedRulesAmazonIpReputationList', []],
      ['AWSManagedRulesKnownBadInputsRuleSet', []],
      [
        'AWSManagedRulesCommonRuleSet',
        [{ ActionToUse: { Count: {} }, Name: 'SizeRestrictions_BODY' }],
      ],
    ]);
    expect(aclIn(staging)).toMatchObject({ Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } });
  });

  test('lets a thousand captains behind one address do what their apps do, and no one user fill it', () => {
    const [rate] = rulesIn(staging).flatMap((each) => each.Statement.RateBasedStatement ?? []);
    expect(rate).toMatchObject({ EvaluationWindowSec: 300, AggregateKeyType: 'IP' });
    const { heartbeatSeconds, mapSeconds, feedSeconds } = habits;
    const often = [heartbeatSeconds, mapSeconds, feedSeconds].map((seconds) => 300 / seconds);
    const perCaptain = often.reduce((sum, each) => sum + each, 20);
    expect(perCaptain).toBe(160);
    expect(rate?.Limit).toBe(1.25 * 1000 * perCaptain);
    expect(5 * callsPerUser.limit).toBeLessThan(rate?.Limit ?? 0);
  });

  test('hides tokens and bodies in its samples', () => {
    const hidden = JSON.stringify(aclIn(staging)['DataProtectionConfig']);
    for (const each of ['authorization', 'sec-websocket-protocol', 'QUERY_STRING', 'BODY']) {
      expect(hidden).toContain(each);
    }
  });
});

test('the log of the edge has no path, no query and no header', () => {
  const { Properties } = staging.one('AWS::Logs::Delivery', 'AccessLog/');
  const fields = z.array(z.string()).parse(Properties['RecordFields']);
  expect(fields).toContain('sc-status');
  expect(fields.filter((each) => /uri|cs\(|referer|cookie/i.test(each))).toEqual([]);
  const bucket = staging.one('AWS::S3::Bucket', 'AccessLog/');
  expect(bucket.Properties).toMatchObject({
    LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
  });
  const { Properties: destination } = staging.one('AWS::Logs::DeliveryDestination', 'AccessLog/');
  expect(staging.say(destination['DestinationResourceArn'])).toBe(`<${pathOf(bucket)}>`);
});
