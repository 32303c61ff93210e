import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Account, PlayedRequest, PlayedService } from '../protocol/played-service.ts';
import { awsService, targetOf, type Problem } from './aws-service.ts';
import { readJson, Refusal, type ServiceError } from './exchange.ts';
import type { Kept, PublishedEvent } from './messages.ts';

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().min(1).max(1600).optional(),
  Resources: z.array(z.string().max(2048)).optional(),
  /** Seconds since 1970, as the protocol writes times. */
  Time: z.number().optional(),
});
type Entry = z.output<typeof Entry>;
const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(10) });

/** Bytes, of all entries together. */
const LARGEST = 256 * 1024;
const DEFAULT_BUS = 'default';

/** EventBridge: `PutEvents`. Bad entries are refused one by one, in an answer that is a success. */
export function playEventBus(published: Kept<PublishedEvent>, now: () => Date): PlayedService {
  const putEvents = (input: unknown) => {
    const { Entries } = PutEvents.parse(input);
    refuseTooLarge(Entries);
    const results = Entries.map((entry) => {
      const problem = problemOf(entry);
      if (problem) return problem;
      const event = publishedForm(entry, now());
      published.keep(event);
      return { EventId: event.id };
    });
    const failed = results.filter((result) => 'ErrorCode' in result);
    return { body: { FailedEntryCount: failed.length, Entries: results } };
  };
  return awsService({
    signingName: 'events',
    wireFormat: 'json-1.1',
    operations: new Map([['PutEvents', putEvents]]),
    operationOf: targetOf,
    resourcesOf: busesOf,
    invalid,
  });
}

function problemOf({ Source, DetailType, Detail }: Entry) {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value) continue;
    const reason = `${name} is a required argument.`;
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${reason}`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  if (Source?.startsWith('aws.')) {
    const ErrorMessage = 'Not authorized for the source.';
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage };
  }
  if (readDetail(Detail) !== undefined) return undefined;
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

/** The detail is a JSON object in a string. */
function readDetail(detail = ''): unknown {
  const parsed = z.looseObject({}).safeParse(readJson({ body: Buffer.from(detail) }));
  return parsed.data;
}

const publishedForm = (entry: Entry, now: Date): PublishedEvent => ({
  id: randomUUID(),
  bus: entry.EventBusName ?? DEFAULT_BUS,
  source: entry.Source ?? '',
  detailType: entry.DetailType ?? '',
  detail: readDetail(entry.Detail),
  at: (entry.Time === undefined ? now : new Date(entry.Time * 1000)).toISOString(),
});

function refuseTooLarge(entries: readonly Entry[]): void {
  const bytes = (text = '') => Buffer.byteLength(text);
  const size = entries.reduce((sum, { Time, Source, DetailType, Detail, Resources = [] }) => {
    const texts = [Source, DetailType, Detail, ...Resources];
    return texts.reduce((all, text) => all + bytes(text), sum + (Time === undefined ? 0 : 14));
  }, 0);
  if (size < LARGEST) return;
  const message = 'Total size of the entries in the request is over the limit.';
  throw new Refusal({ status: 400, code: 'ValidationException', message });
}

function busesOf(request: PlayedRequest, { region, accountId }: Account): readonly string[] {
  const parsed = PutEvents.safeParse(readJson(request));
  const names = parsed.data?.Entries.map(({ EventBusName = DEFAULT_BUS }) => EventBusName) ?? [];
  return [...new Set(names.length > 0 ? names : [DEFAULT_BUS])].map((name) =>
    name.startsWith('arn:') ? name : `arn:aws:events:${region}:${accountId}:event-bus/${name}`,
  );
}

function invalid(problems: readonly Problem[]): ServiceError {
  const count =
    problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  const all = problems.map(
    ({ member, message, missing }) =>
      `Value at '${member}' failed to satisfy constraint: ` +
      (missing ? 'Member must not be null' : message),
  );
  return {
    status: 400,
    code: 'ValidationException',
    message: `${count} detected: ${all.join('; ')}`,
  };
}
