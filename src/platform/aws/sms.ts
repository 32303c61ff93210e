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
  /** The template id under which its text is registered. */
  readonly template: SmsTemplate;
}

/** The service took the message, or refuses it for this phone, however often it is sent. */
type SmsOutcome = { readonly messageId: string } | { readonly refusedFor: string };

export type PostSms = (message: TextMessage) => Promise<SmsOutcome>;

interface Origin {
  readonly sender: string;
  /** `null`: we are not registered with India's carriers yet, and messages go by the international route. */
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

/** After this time a code has expired, so a carrier need not try any longer. */
const timeToLiveSeconds = 300;

/** AWS End User Messaging. The errors that this throws do not contain the phone or the text. */
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
 * The phone opted out, is blocked, or is not on the list of phones that a sandbox account may text. Any other refusal
 * concerns all phones, and is ours to fix.
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

/** The error messages of a service may quote the input, so they are left out. */
function discreet(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'unknown';
  const reason = error instanceof Error && 'Reason' in error ? String(error.Reason) : undefined;
  const request =
    error instanceof PinpointSMSVoiceV2ServiceException ? error.$metadata.requestId : undefined;
  const facts = [name, reason, request].filter((each) => each !== undefined);
  return new Error(`SendTextMessage failed: ${facts.join(', ')}`);
}
