import * as z from 'zod';
import type { PlayedRequest } from './played-service.ts';

/** The operation in `X-Amz-Target: <service>.<operation>`. */
export function targetOf({ headers }: PlayedRequest): string | undefined {
  return headers['x-amz-target']?.split('.').at(-1);
}

const Members = z.record(z.string(), z.unknown()).catch({});

/** The fields of a JSON body; none where it is something else, which the service itself complains of. */
export function fieldsOf({ body }: PlayedRequest): Readonly<Record<string, unknown>> {
  try {
    return Members.parse(JSON.parse(body.toString()));
  } catch {
    return {};
  }
}
