import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Account, PlayedRequest, PlayedResponse } from '../protocol/played-service.ts';

const Answer = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().default(''),
  PhysicalResourceId: z.string().default(''),
  Data: z.record(z.string(), z.unknown()).nullish(),
});

export type CustomResourceAnswer = z.output<typeof Answer>;

/** Where custom resources put their answers: a presigned URL of CloudFormation's own bucket. */
export class ResponseDesk {
  readonly host: string;
  private readonly awaited = new Map<string, (answer: CustomResourceAnswer) => void>();

  constructor({ region }: Account) {
    this.host = `cloudformation-custom-resource-response-${region}.s3.${region}.amazonaws.com`;
  }

  /** A URL for one answer, and the answer. */
  expect(): { readonly url: string; readonly answer: Promise<CustomResourceAnswer> } {
    const path = `/${randomUUID()}`;
    const { promise, resolve } = Promise.withResolvers<CustomResourceAnswer>();
    this.awaited.set(path, resolve);
    return { url: `https://${this.host}${path}`, answer: promise };
  }

  take({ method, path, body }: PlayedRequest): PlayedResponse {
    const resolve = this.awaited.get(path);
    if (method !== 'PUT' || !resolve) return { status: 403 };
    this.awaited.delete(path);
    const answer = Answer.safeParse(JSON.parse(body.toString()));
    const unreadable = 'The response is not what CloudFormation reads.';
    resolve(answer.data ?? { Status: 'FAILED', Reason: unreadable, PhysicalResourceId: '' });
    return { status: 200 };
  }
}
