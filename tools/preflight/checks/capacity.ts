import {
  connectionsWanted,
  maxConnections,
  reservedInAll,
} from '../../../lib/parts/connections.ts';
import type { Stage } from '../../../lib/parts/stage.ts';
import { about, type AccountFacts, done, type Finding, note, todo } from '../facts.ts';
import { isDeployed } from './account.ts';

/** What AWS wants to be left for functions without a reservation. */
const leftUnreserved = 100;

const raise = (code: string, service: string, region: string, value: number) =>
  `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${value}`;

export function concurrency(facts: AccountFacts, stage: Stage): readonly Finding[] {
  return about('concurrency', facts.concurrency, ({ quota, unreserved }) => {
    const wanted = stage.accountConcurrency;
    if (quota < wanted) {
      return todo(
        'concurrency',
        `The account may run ${quota} functions at a time, and the stage reckons with ${wanted}. Have the quota raised, which takes a day or so, or set accountConcurrency to ${quota} and reservedConcurrency to {}.`,
        raise('L-B99A9384', 'lambda', stage.region, wanted),
      );
    }
    const others = othersReserve(facts, stage, unreserved);
    if (others !== undefined) return others;
    return tooManyConnections(stage, quota) ?? done('concurrency', enough(quota, wanted));
  });
}

const enough = (quota: number, wanted: number) =>
  `The account may run ${quota} functions at a time, and the stage reckons with ${wanted}.`;

/** Other stages of the account may have reserved too much already. Once deployed, the stage has its reservations. */
function othersReserve(
  { serviceStack }: AccountFacts,
  stage: Stage,
  unreserved: number,
): Finding | undefined {
  const deployed = 'found' in serviceStack && serviceStack.found.status !== undefined;
  const reserved = reservedInAll(stage);
  if (deployed || reserved === 0 || unreserved - reserved >= leftUnreserved) return undefined;
  return todo(
    'concurrency',
    `The stage reserves ${reserved}, but only ${unreserved} of the account are not reserved yet, and ${leftUnreserved} must stay so. Have the quota raised, or reserve less.`,
  );
}

/** A raised quota lets functions without a reservation open more connections than the settings were checked for. */
function tooManyConnections(stage: Stage, quota: number): Finding | undefined {
  const most = maxConnections(stage.database);
  const wanted = connectionsWanted({ ...stage, accountConcurrency: quota });
  if (most === undefined || wanted < 0.8 * most) return undefined;
  return note(
    'concurrency',
    `The account may run ${quota} functions at a time, more than the accountConcurrency of ${stage.accountConcurrency}. Together they could open ${wanted} connections, and the database allows ${most}. If the stage is to bear such a load, set accountConcurrency to ${quota} and reserve for each function on PostgreSQL.`,
  );
}

export function vpcs(facts: AccountFacts, stage: Stage): readonly Finding[] {
  if (facts.vpcs === undefined) return [];
  return about('vpcs', facts.vpcs, ({ used, quota }) => {
    if (isDeployed(facts) || used < quota) {
      return done('vpcs', `${used} of ${quota} VPCs of the region are used.`);
    }
    return todo(
      'vpcs',
      `All ${quota} VPCs that the account may have in ${stage.region} are used. Delete one, use one that exists (docs/stages.md), or have the quota raised.`,
      raise('L-F678F1CE', 'vpc', stage.region, quota + 1),
    );
  });
}
