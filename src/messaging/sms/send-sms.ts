import type { SmsMessage } from '../../contract/queues.ts';
import { SmsRequest } from '../../contract/sms.ts';
import { isTestNumber } from '../../contract/test-numbers.ts';
import type { ReadCodeKeys } from '../../identity/codes/code-keys.ts';
import { smsContext } from '../../identity/codes/queue-sms.ts';
import type { Clock } from '../../platform/clock.ts';
import { countOne, logger } from '../../platform/logs/observability.ts';
import { open } from '../../platform/sealed-text.ts';
import type { PostSms } from '../../platform/aws/sms.ts';
import type { StateTable } from '../../platform/aws/state-table.ts';
import { textOf } from './sms-texts.ts';
import type { KeepTestCode } from './test-codes.ts';

interface Deps {
  readonly readKeys: ReadCodeKeys;
  readonly state: StateTable;
  readonly post: PostSms;
  readonly keep: KeepTestCode;
  readonly clock: Clock;
}

/** P13: an older message is dropped, because its code has expired. */
const usefulSeconds = 300;

/**
 * Sends the SMS once. It throws if another try may help: the queue then delivers the message again after its visibility
 * time-out. After the last try the message goes to the dead-letter queue, still sealed.
 */
export async function sendSms(message: SmsMessage, deps: Deps): Promise<void> {
  const { id } = message;
  const ageSeconds = (deps.clock.now().getTime() - Date.parse(message.sentAt)) / 1000;
  if (ageSeconds > usefulSeconds) {
    countOne('SmsExpired');
    logger.warn('SMS dropped, too old', { id, ageSeconds });
    return;
  }
  if (await wasSent(id, deps)) {
    logger.info('SMS was sent before', { id });
    return;
  }
  const { messages } = await deps.readKeys();
  const request = SmsRequest.parse(JSON.parse(open(messages, message.sealed, smsContext(message))));
  if (isTestNumber(request.to)) {
    await deps.keep(request.to, textOf(request));
    logger.info('SMS kept, for a test number', { id });
  } else {
    await post(id, request, deps);
  }
}

async function post(id: string, request: SmsRequest, deps: Deps): Promise<void> {
  const { to, template } = request;
  const outcome = await deps
    .post({ to, template, text: textOf(request) })
    .catch((error: unknown) => {
      countOne('SmsFailed');
      throw error;
    });
  if ('refusedFor' in outcome) {
    countOne('SmsRefused');
    logger.warn('SMS refused for this phone', { id, template, reason: outcome.refusedFor });
    return;
  }
  countOne('SmsSent');
  logger.info('SMS sent', { id, template, providerMessageId: outcome.messageId });
  await noteSent(id, deps);
}

/** If the table cannot be read, the SMS is sent: getting the same code twice is better than getting none. */
async function wasSent(id: string, { state }: Deps): Promise<boolean> {
  try {
    return (await state.get(sentMarker(id))) !== undefined;
  } catch (error) {
    logger.warn('SMS sent without knowing whether it was sent before', { id, error });
    return false;
  }
}

/**
 * Notes that the SMS was sent, so that a second delivery of the message does not send it again. A failure here is only
 * logged: if the function failed, the message would be delivered, and the SMS sent, again.
 */
async function noteSent(id: string, { state, clock }: Deps): Promise<void> {
  // After this time, the message is too old and is dropped anyway.
  const endsAt = new Date(clock.now().getTime() + 2 * usefulSeconds * 1000);
  await state.put(sentMarker(id), {}, endsAt).catch((error: unknown) => {
    logger.warn('SMS sent, but not noted', { id, error });
  });
}

const sentMarker = (id: string) => ({ pk: `sms#${id}`, sk: 'sent' });
