/**
 * What plays a service that functions call. The endpoint (endpoint.ts) has by then found out who calls,
 * asked the role's policies and the network, and looked for a fault; a played service only answers.
 */
export interface PlayedRequest {
  /** The calling function, by its name. */
  readonly caller: string;
  readonly method: string;
  /** As it was sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated ones joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface PlayedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: an empty body. */
  readonly body?: string | Buffer;
}

/** Whose resources they are: parts of every ARN. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
}

/** How a service writes an error: all of them as JSON, with its code where that protocol has it. */
export type WireFormat =
  /** `{"__type":"<code>","message":…}`, as `application/x-amz-json-1.0`. */
  | 'json-1.0'
  /** The same, as `application/x-amz-json-1.1`. */
  | 'json-1.1'
  /** `x-amzn-errortype: <code>` and `{"message":…}`. */
  | 'rest-json'
  /** `<ErrorResponse><Error>…`, as `text/xml`. */
  | 'query';

/** A service of AWS, found by the name that its calls are signed for. */
export interface PlayedService {
  /** The service in a call's credential scope, such as `sms-voice`. */
  readonly signingName: string;
  readonly wireFormat: WireFormat;
  /** What IAM calls this call, such as `sms-voice:SendTextMessage`; undefined: no such operation. */
  actionOf(request: PlayedRequest): string | undefined;
  /** The ARNs that the call touches: the role must allow it on each. Default: `*` alone. */
  resourcesOf?(request: PlayedRequest, account: Account): readonly string[];
  handle(request: PlayedRequest): Promise<PlayedResponse>;
}

/**
 * A host of the internet that is not AWS, such as `fcm.googleapis.com`. Functions get its base URL in an
 * environment variable; here that is `http://127.0.0.1:<port>/outside/<function>/<host>`, and what follows
 * is the request's path.
 */
export interface PlayedHost {
  readonly host: string;
  /** Which operation a request is, for faults that are meant for one alone. */
  actionOf?(request: PlayedRequest): string | undefined;
  /** How this host says an error. Default: `{"error":{"code":<status>,"status":<code>,"message":…}}`. */
  failure?(error: FaultError): PlayedResponse;
  handle(request: PlayedRequest): Promise<PlayedResponse>;
}

export interface FaultError {
  readonly status: number;
  /** The service's own name of the error, such as `ThrottlingException`. */
  readonly code: string;
  readonly message: string;
}

/** What is to go wrong with one call: it waits, and then fails or, without an error, goes on. */
export interface Fault {
  readonly delayMs?: number;
  readonly error?: FaultError;
}

export interface FaultyCall {
  /** The signing name of a service (`dynamodb`, `sqs`, `secretsmanager`, …), or a played host. */
  readonly service: string;
  /** Without the service: `SendMessage`. */
  readonly action: string | undefined;
  readonly caller: string;
}

/** Asked before each call that may go out, forwarded ones too. */
export interface Faults {
  before(call: FaultyCall): Promise<Fault | undefined>;
}
