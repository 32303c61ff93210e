import { randomUUID } from 'node:crypto';
import type { FaultError, PlayedHost, PlayedResponse, WireFormat } from './played-service.ts';

/** An error as a service of AWS writes it. */
export function errorIn(format: WireFormat, error: FaultError): PlayedResponse {
  const { status, code, message } = error;
  const headers = { 'x-amzn-requestid': randomUUID(), 'x-amzn-errortype': code };
  if (format === 'rest-json') {
    const type = { 'content-type': 'application/json' };
    // What is gone has no words in the cloud either: its body is empty.
    const body = message === '' ? '' : JSON.stringify({ message });
    return { status, headers: { ...headers, ...type }, body };
  }
  if (format === 'query') {
    const type = { 'content-type': 'text/xml' };
    const text = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return {
      status,
      headers: { ...headers, ...type },
      body: `<ErrorResponse>${text}</ErrorResponse>`,
    };
  }
  const type = { 'content-type': `application/x-amz-${format}` };
  // Services disagree on the case of its name, and clients read both.
  const body = JSON.stringify({ __type: code, message, Message: message });
  return { status, headers: { ...headers, ...type }, body };
}

/** An error as a host of the internet says it. */
export function errorOf(host: PlayedHost, error: FaultError): PlayedResponse {
  if (host.failure) return host.failure(error);
  const { status, code, message } = error;
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code: status, status: code, message } }),
  };
}
