import { randomUUID } from 'node:crypto';
import type { PlayedHost, PlayedRequest, PlayedResponse } from '../protocol/played-service.ts';
import { answerOrRefusal, jsonAnswer, readJson, Refusal, type ServiceError } from './exchange.ts';
import { LARGEST, Send, sizeOf, type FcmMessage } from './fcm-message.ts';
import type { GoogleTokens } from './google-token.ts';
import type { Kept, SentMessage } from './messages.ts';

const PATH = /^\/v1\/projects\/(?<project>[a-z0-9-]{1,63})\/messages:send$/;
const SCOPES = [
  'https://www.googleapis.com/auth/firebase.messaging',
  'https://www.googleapis.com/auth/cloud-platform',
];
/** A device token that begins so belongs to an app that was uninstalled. */
const UNINSTALLED = 'unregistered';

/** FCM's HTTP v1 API: `messages:send`, for bearers of a token that the played Google gave out. */
export function playFcm(
  sent: Kept<SentMessage>,
  tokens: GoogleTokens,
  now: () => Date,
): PlayedHost {
  const send = (request: PlayedRequest): PlayedResponse => {
    const project = projectOf(request);
    checkBearer(request, tokens);
    const { message, validate_only: dryRun } = parseSend(request);
    if (message.token?.startsWith(UNINSTALLED)) {
      throw refuse(404, 'UNREGISTERED', 'Requested entity was not found.');
    }
    if (!dryRun) sent.keep(keptForm(message, now()));
    const id = dryRun ? 'fake_message_id' : randomUUID();
    return jsonAnswer(200, { name: `projects/${project}/messages/${id}` });
  };
  return {
    host: 'fcm.googleapis.com',
    actionOf: ({ path }) => (PATH.test(path) ? 'send' : undefined),
    failure: writeError,
    async handle(request) {
      return answerOrRefusal(() => send(request), writeError);
    },
  };
}

const refuse = (status: number, code: string, message: string, details?: ServiceError['details']) =>
  new Refusal({ status, code, message, ...(details && { details }) });

function projectOf({ method, path }: PlayedRequest): string {
  const project = PATH.exec(path)?.groups?.['project'];
  if (method === 'POST' && project !== undefined) return project;
  const plays = 'The local FCM plays POST /v1/projects/{project}/messages:send and nothing else.';
  throw refuse(404, 'UNSPECIFIED_ERROR', plays);
}

function checkBearer({ headers }: PlayedRequest, tokens: GoogleTokens): void {
  const token = /^Bearer (?<token>\S+)$/i.exec(headers['authorization'] ?? '')?.groups?.['token'];
  const scopes = token === undefined ? undefined : tokens.scopesOf(token);
  if (!scopes) {
    const message =
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie ' +
      'or other valid authentication credential.';
    throw refuse(
      401,
      token === undefined ? 'CREDENTIALS_MISSING' : 'ACCESS_TOKEN_EXPIRED',
      message,
    );
  }
  if (scopes.some((scope) => SCOPES.includes(scope))) return;
  const message = 'Request had insufficient authentication scopes.';
  throw refuse(403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', message);
}

function parseSend(request: PlayedRequest) {
  const document = readJson(request);
  if (document === undefined) {
    throw refuse(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.');
  }
  const parsed = Send.safeParse(document);
  if (!parsed.success) {
    const fieldViolations = parsed.error.issues.map(({ path, message }) => ({
      field: path.join('.'),
      description: message,
    }));
    throw refuse(400, 'INVALID_ARGUMENT', fieldViolations[0]?.description ?? '', {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations,
    });
  }
  if (sizeOf(parsed.data.message) > LARGEST) {
    throw refuse(400, 'INVALID_ARGUMENT', `Message too big: the payload is over ${LARGEST} bytes.`);
  }
  return parsed.data;
}

/** A notification's title stands above its body, as on the device; a message of data alone has neither. */
function keptForm(
  { token, topic, condition, notification, data }: FcmMessage,
  at: Date,
): SentMessage {
  const others = topic === undefined ? condition : `/topics/${topic}`;
  return {
    channel: 'push',
    to: token ?? others ?? '',
    body: [notification?.title, notification?.body].filter(Boolean).join('\n'),
    data,
    at: at.toISOString(),
  };
}

/** google.rpc's name for each status that FCM answers with. */
const rpcStatus: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [503, 'UNAVAILABLE'],
]);

/** FCM's own code, such as UNREGISTERED, stands in the details; google.rpc's in `status`. */
function writeError({ status, code, message, details }: ServiceError): PlayedResponse {
  // A caller who is not let in at all has not reached FCM: Google's front door answers.
  const own = /^(?:CREDENTIALS|ACCESS_TOKEN)_/.test(code)
    ? { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code }
    : { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code };
  const error = {
    code: status,
    message,
    status: rpcStatus.get(status) ?? 'UNKNOWN',
    details: details ? [own, details] : [own],
  };
  return jsonAnswer(status, { error }, status === 429 ? { 'retry-after': '60' } : {});
}
