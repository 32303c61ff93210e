import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { EdgeSettings, Stage } from '../parts/stage.ts';

export interface FirewallProps {
  readonly stage: Stage;
  readonly edge: EdgeSettings;
}

type Rule = CfnWebACL.RuleProperty;

/**
 * What one address may ask for in five minutes. A carrier puts a thousand captains behind one address, and the apps ask
 * so often, in five minutes each:
 *
 *     a heartbeat every 5 s                                 60
 *     the map of the trucks on the screen, every 5 s        60
 *     the list of offers on the screen, every 15 s          20
 *     a session opened anew by polling, and a login's rest  10
 *     offers, holds, trips and the other screens            10
 *                                                          160 × 1,000 captains = 160,000
 *
 * A driver asks for less: a heartbeat, a position and a question each 5 to 10 s. A quarter more is left for the
 * customers behind the same address.
 */
const perAddress = { limit: 200_000, evaluationWindowSec: 300 } as const;

/** In the order in which they are asked: what matches most surely comes first. */
const managed = [
  { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', counted: [] },
  // It refuses bodies of more than 8 KB. A batch of positions has 15, packets of Socket.IO have 32, and the functions
  // refuse more than 64.
  { name: 'AWSManagedRulesCommonRuleSet', counted: ['SizeRestrictions_BODY'] },
] as const;

/**
 * The rules that a request meets before CloudFront does anything with it. They have metrics and samples, and no log: a
 * log line has all headers, and costs more than the request.
 */
export class Firewall extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { stage, edge: { firewall } }: FirewallProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: `weelo-${stage.name}`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: [rateRule(firewall), ...managed.map((each, index) => ruleOf(each, index, firewall))],
      visibilityConfig: visibleAs(`weelo-${stage.name}`),
      dataProtectionConfig: { dataProtections: hidden },
    });
    this.arn = acl.attrArn;
  }
}

function rateRule(does: EdgeSettings['firewall']): Rule {
  return {
    name: 'RatePerAddress',
    priority: 0,
    action: does === 'block' ? { block: {} } : { count: {} },
    statement: { rateBasedStatement: { ...perAddress, aggregateKeyType: 'IP' } },
    visibilityConfig: visibleAs('RatePerAddress'),
  };
}

function ruleOf(
  { name, counted }: (typeof managed)[number],
  index: number,
  does: EdgeSettings['firewall'],
): Rule {
  return {
    name,
    priority: index + 1,
    overrideAction: does === 'block' ? { none: {} } : { count: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: visibleAs(name),
  };
}

/** Samples show requests of the last three hours to whoever may read the account. */
const hidden: CfnWebACL.DataProtectProperty[] = [
  { field: { fieldType: 'SINGLE_HEADER', fieldKeys: ['authorization'] }, action: 'SUBSTITUTION' },
  {
    field: { fieldType: 'SINGLE_HEADER', fieldKeys: ['sec-websocket-protocol'] },
    action: 'SUBSTITUTION',
  },
  { field: { fieldType: 'QUERY_STRING' }, action: 'SUBSTITUTION' },
  { field: { fieldType: 'BODY' }, action: 'SUBSTITUTION' },
];

const visibleAs = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});
