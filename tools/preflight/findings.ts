import type { Stage } from '../../lib/parts/stage.ts';
import { bootstrap, credentials, region, roles, settings, stacks } from './checks/account.ts';
import { concurrency, vpcs } from './checks/capacity.ts';
import { dlt, push, sms } from './checks/messages.ts';
import { aurora, existingDatabase, existingNetwork, ownerSecret } from './checks/stores.ts';
import { type AccountFacts, type Finding, type Reading, todo } from './facts.ts';

type Check = (facts: AccountFacts, stage: Stage) => readonly Finding[];

/** In the order in which an operator does what they find. What takes others a day comes before what is done at once. */
const checks: readonly Check[] = [
  credentials,
  region,
  concurrency,
  bootstrap,
  roles,
  vpcs,
  existingNetwork,
  aurora,
  existingDatabase,
  ownerSecret,
  stacks,
  sms,
  dlt,
  push,
];

/** Everything that can be said about a stage and an account. Without credentials, only about the stage. */
export function findingsFor(stage: Stage, account: Reading<AccountFacts>): readonly Finding[] {
  if ('refused' in account) {
    return [
      ...settings(stage),
      todo(
        'credentials',
        `AWS does not know you (${account.refused}). Log in to the account, such as with \`aws sso login\`, and set AWS_PROFILE. Nothing else was read.`,
      ),
    ];
  }
  return [...settings(stage), ...checks.flatMap((check) => check(account.found, stage))];
}
