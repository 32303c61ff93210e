import type { Stage } from '../../../lib/parts/stage.ts';
import { about, type AccountFacts, done, type Finding, note } from '../facts.ts';

/** USD for one SMS to India by the international route, roughly. */
const priceOfSms = 0.03;

/** SMS: nothing here stops a deployment, but nobody can log in without a code. */
export function sms(facts: AccountFacts, { sms: origin, codes }: Stage): readonly Finding[] {
  return about('sms', facts.sms, ({ sandbox, monthlyLimit, hasSender }) => {
    const perMonth = Math.ceil(30 * codes.perDay * priceOfSms);
    return [
      sandbox
        ? note(
            'sms',
            'The account is in the SMS sandbox: SMS go to verified numbers alone. Step 4 of docs/runbooks/register-sms-templates.md leads out of it.',
          )
        : done('sms', 'The account is out of the SMS sandbox.'),
      ...(hasSender
        ? [done('sms', `The account has the sender ${origin.sender}.`)]
        : [
            note(
              'sms',
              `The account has no sender ${origin.sender}. Ask for it in AWS End User Messaging, or set sms.sender to one that it has. Until then, SMS may be refused.`,
            ),
          ]),
      ...spending(monthlyLimit, origin),
      ...(monthlyLimit !== undefined && monthlyLimit < perMonth
        ? [
            note(
              'sms',
              `SMS may cost ${monthlyLimit} USD a month, and no more are sent after that. The stage's codes.perDay of ${codes.perDay} could cost ${perMonth} USD. Have the limit raised to what you expect.`,
            ),
          ]
        : []),
    ];
  });
}

/** The alarm about what SMS cost rings at seven tenths of the stage's figure, so the account must allow that much. */
function spending(limit: number | undefined, { monthlyUsd }: Stage['sms']): readonly Finding[] {
  if (limit === undefined || monthlyUsd === undefined || monthlyUsd <= limit) return [];
  return [
    note(
      'sms',
      `SMS may cost ${limit} USD a month, but sms.monthlyUsd says ${monthlyUsd}: the alarm SmsBudget may never ring. Have the limit raised, or set sms.monthlyUsd to ${limit}.`,
    ),
  ];
}

export function dlt(_: AccountFacts, { sms: { dlt: registration } }: Stage): readonly Finding[] {
  return [
    registration === undefined
      ? note(
          'dlt',
          'The texts are not registered with carriers in India. SMS take the international route, which is dearer and less certain: docs/runbooks/register-sms-templates.md.',
        )
      : done('dlt', `The texts are registered for the entity ${registration.entityId}.`),
  ];
}

export function push({ pushAccountSet }: AccountFacts): readonly Finding[] {
  const how = 'docs/runbooks/switch-push-on.md';
  if (pushAccountSet === undefined) {
    return [
      note('push', `Pushes need a Firebase service account, after the first deployment: ${how}.`),
    ];
  }
  return about('push', pushAccountSet, (isSet) =>
    isSet
      ? done('push', 'The secret of the Firebase service account has a value.')
      : note('push', `No push is sent: the Firebase service account's secret is empty (${how}).`),
  );
}
