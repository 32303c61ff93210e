import { edgeRegion } from '../../../lib/parts/edge.ts';
import { subnetZones } from '../../../lib/parts/name-in-zones.ts';
import { complaintsAbout } from '../../../lib/parts/stage-rules.ts';
import type { Stage } from '../../../lib/parts/stage.ts';
import { about, type AccountFacts, done, type Finding, note, todo } from '../facts.ts';

/** Older bootstrap stacks lack what a deployment of this CDK needs. */
export const leastBootstrapVersion = 6;

/** The settings alone, without an account. */
export function settings(stage: Stage): readonly Finding[] {
  const complaints = complaintsAbout(stage);
  if (complaints.length > 0) return complaints.map((each) => todo('settings', each));
  const says = 'The stage can be synthesized.';
  if (stage.alarmsTo === undefined) return [done('settings', says)];
  return [
    done('settings', says),
    note(
      'alarms',
      `Alarms go to ${stage.alarmsTo}. AWS sends a message there with the first deployment: click its link, or no alarm arrives.`,
    ),
  ];
}

export function credentials({ account, caller }: AccountFacts): readonly Finding[] {
  return [done('credentials', `The account is ${account}, and you are ${caller}.`)];
}

export function region({ zones }: AccountFacts, stage: Stage): readonly Finding[] {
  return about('region', zones, (found) => {
    const missing = subnetZones(stage.network).filter((each) => !found.includes(each));
    if (missing.length === 0) return done('region', `${stage.region} has all zones of the stage.`);
    return todo(
      'region',
      `The account cannot use ${missing.join(' and ')}. In the stage's network, name other zones: ${found.join(', ')}.`,
    );
  });
}

/** The edge lies in another region, which needs a bootstrap stack of its own. */
export function bootstrap(facts: AccountFacts, { region }: Stage): readonly Finding[] {
  const { account, bootstrapVersion, edgeBootstrapVersion: atTheEdge } = facts;
  return [
    ...bootstrapIn(region, account, bootstrapVersion),
    ...(atTheEdge ? bootstrapIn(edgeRegion, account, atTheEdge) : []),
  ];
}

function bootstrapIn(
  region: string,
  account: string,
  read: AccountFacts['bootstrapVersion'],
): readonly Finding[] {
  const run = `npx cdk bootstrap aws://${account}/${region}`;
  return about('bootstrap', read, (version) => {
    if (version === undefined) {
      return todo('bootstrap', `The CDK has no bootstrap stack in ${region} yet.`, run);
    }
    if (version < leastBootstrapVersion) {
      const says = `The bootstrap stack in ${region} has version ${version}. It must be ${leastBootstrapVersion} or newer.`;
      return todo('bootstrap', says, run);
    }
    return done('bootstrap', `The bootstrap stack in ${region} has version ${version}.`);
  });
}

export function roles({ roles: read }: AccountFacts): readonly Finding[] {
  return about('roles', read, (found) => {
    const missing = found.filter(({ exists }) => !exists);
    if (missing.length === 0) return done('roles', 'The service-linked roles exist.');
    return missing.map(({ service }) =>
      todo(
        'roles',
        `The service-linked role of ${service} does not exist. The first use of the service can fail without it.`,
        `aws iam create-service-linked-role --aws-service-name ${service}`,
      ),
    );
  });
}

/** A stack that failed has to be mended before anything else is deployed. */
const failed = /^(ROLLBACK_|CREATE_FAILED|DELETE_FAILED|UPDATE_ROLLBACK_FAILED)/;

export function stacks(facts: AccountFacts, { name, protection }: Stage): readonly Finding[] {
  const broken = [
    [`weelo-${name}-data`, facts.dataStack],
    [`weelo-${name}-service`, facts.serviceStack],
    [`weelo-${name}-edge`, facts.edgeStack ?? { found: { status: undefined } }],
  ] as const;
  const mended = broken.flatMap(([stack, reading]) =>
    about('stacks', reading, ({ status }) =>
      failed.test(status ?? '')
        ? [
            todo(
              'stacks',
              `${stack} is ${status}. See "If it fails" in docs/runbooks/first-deployment.md.`,
            ),
          ]
        : [],
    ),
  );
  if (mended.length > 0) return mended;
  if (isDeployed(facts)) return [done('stacks', `The stage ${name} is deployed.`)];
  return [
    protection
      ? note(
          'stacks',
          `The stage ${name} is not deployed yet. Its first deployment needs -c protection=off, and a second one right after it does not.`,
        )
      : note('stacks', `The stage ${name} is not deployed yet.`),
  ];
}

export function isDeployed({ dataStack }: AccountFacts): boolean {
  return 'found' in dataStack && dataStack.found.status !== undefined;
}
