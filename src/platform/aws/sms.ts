import {
  ConflictException,
  PinpointSMSVoiceV2Client,
  PinpointSMSVoiceV2ServiceException,
  SendTextMessageCommand,
  ValidationException,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { DltRegistration } from '../../contract/dlt.ts';
import type { SmsTemplate } from '../../contract/sms.ts';

export interface TextMessage {
  /** Ten digits, in India. */
  readonly to: string;
  readonly text: string;
  /** What its text is registered as. */
  readonly template: SmsTemplate;
}

/** The service has it, or will not have it for this phone, however often it is asked. */
type SmsOutcome = { readonly messageId: string } | { readonly refusedFor: string };

export type PostSms = (message: TextMessage) => Promise<SmsOutcome>;

interface Origin {
  readonly sender: string;
  /** `null`: India's carriers do not know us yet, and it goes by the international route. */
  readonly dlt: DltRegistration | null;
}

/**
 * Two attempts and the pause between them must end within the four and a half seconds that a message has. Without
 * `throwOnRequestTimeout` the client would only warn, and go on waiting.
 */
const patience = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 1500, throwOnRequestTimeout: true },
} as const;

/** After that a code is worth nothing: a carrier need not try any longer. */
const timeToLiveSeconds = 300;

/** AWS End User Messaging. What it throws says nothing of the phone and the text. */
export function openSms({ sender, dlt }: Origin): PostSms {
  const client = new PinpointSMSVoiceV2Client(patience);
  return async ({ to, text, template }) => {
    const command = new SendTextMessageCommand({
      DestinationPhoneNumber: `+91${to}`,
      OriginationIdentity: sender,
      MessageBody: text,
      MessageType: 'TRANSACTIONAL',
      TimeToLive: timeToLiveSeconds,
      ...(dlt && {
        DestinationCountryParameters: {
          IN_ENTITY_ID: dlt.entityId,
          IN_TEMPLATE_ID: dlt.templateIds[template],
        },
      }),
    });
    try {
      const { MessageId = '' } = await client.send(command);
      return { messageId: MessageId };
    } catch (error) {
      const refusedFor = refusalOfPhone(error);
      if (refusedFor !== undefined) return { refusedFor };
      throw discreet(error);
    }
  };
}

/**
 * Who opted out, was blocked, or is not on the list of those whom an account in the sandbox may text. What
 * else is refused is refused to everyone: ours to mend.
 */
const phonesOwn: ReadonlySet<string> = new Set([
  'DESTINATION_PHONE_NUMBER_NOT_VERIFIED',
  'DESTINATION_PHONE_NUMBER_OPTED_OUT',
  'DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE',
]);

function refusalOfPhone(error: unknown): string | undefined {
  if (error instanceof ConflictException) {
    const { Reason = '' } = error;
    return phonesOwn.has(Reason) ? Reason : undefined;
  }
  if (!(error instanceof ValidationException)) return undefined;
  const fields = (error.Fields ?? []).map(({ Name = '' }) => Name.toLowerCase());
  const onlyPhone = fields.length > 0 && fields.every((name) => name === 'destinationphonenumber');
  return onlyPhone ? 'INVALID_PHONE_NUMBER' : undefined;
}

/** Services quote in their messages what they did not like. */
function discreet(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'unknown';
  const reason = error instanceof Error && 'Reason' in error ? String(error.Reason) : undefined;
  const request =
    error instanceof PinpointSMSVoiceV2ServiceException ? error.$metadata.requestId : undefined;
  const facts = [name, reason, request].filter((each) => each !== undefined);
  return new Error(`SendTextMessage failed: ${facts.join(', ')}`);
}
