import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What AWS answers to one call: a status other than 200, and a body. */
export interface Answer {
  readonly status?: number;
  readonly body: string;
}

/** By `<service> <action>`, as in `iam GetRole`; the text is what was asked. */
export type Answers = Readonly<Record<string, (asked: string) => Answer>>;

/** Plays the AWS endpoints that `AWS_ENDPOINT_URL` names. A call that it has no answer to is denied. */
export class AccountServer {
  /** Every call, as `<service> <action>`. */
  readonly calls: string[] = [];
  private readonly server = createServer((request, response) => void this.serve(request, response));
  private answers: Answers = {};

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  playing(answers: Answers): void {
    this.answers = answers;
    this.calls.length = 0;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await text(request);
    // The signature's scope: Credential=<key>/<day>/<region>/<service>/aws4_request.
    const service = request.headers.authorization?.split('/')[3] ?? 'nobody';
    const call = `${service} ${actionOf(request, asked)}`;
    this.calls.push(call);
    const { status = 200, body } = (this.answers[call] ?? denied)(asked);
    const type = body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1';
    response.writeHead(status, { 'content-type': type }).end(body);
  }
}

/** Query protocols say it in the body, JSON protocols in a header, REST in the path. */
function actionOf({ headers, url = '' }: IncomingMessage, asked: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.').at(-1) ?? '';
  return new URLSearchParams(asked).get('Action') ?? url;
}

const denied = (asked: string): Answer =>
  asked.startsWith('{') || asked === ''
    ? { status: 400, body: JSON.stringify({ __type: 'AccessDeniedException', message: 'not you' }) }
    : failure('AccessDenied', 'not you', 403);

/** An error of a query protocol. EC2 writes it in another way, and no test needs that. */
export function failure(code: string, message: string, status = 400): Answer {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>` };
}

/** The result of a call in a query protocol. */
export const result = (action: string, content: string): Answer => ({
  body: `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`,
});

/** The result of a call of EC2. */
export const ec2Result = (action: string, content: string): Answer => ({
  body: `<${action}Response>${content}</${action}Response>`,
});

export const json = (value: unknown): Answer => ({ body: JSON.stringify(value) });
