import * as z from 'zod';
import type { Account, Problem, ServiceError } from 'local-cloud';

/** `[longitude, latitude]`: the order in which most first attempts are wrong, and refused. */
export const LocationPosition = z.tuple(
  [
    z.number().min(-180, 'longitude must be from -180 to 180').max(180),
    z.number().min(-90, 'latitude must be from -90 to 90').max(90),
  ],
  { error: (issue) => (issue.input === undefined ? undefined : 'must be [longitude, latitude]') },
);

/** What Location bills a call as: its clients read it from this header. */
export const pricing = (bucket: 'Core' | 'Label') => ({ 'x-amz-geo-pricing-bucket': bucket });

/** Location's one resource per service and region belongs to no account. */
export const providerOf =
  (service: 'geo-places' | 'geo-routes') =>
  (_request: unknown, { region }: Account): readonly string[] => [
    `arn:aws:${service}:${region}::provider/default`,
  ];

export function invalidForLocation(problems: readonly Problem[]): ServiceError {
  const [first] = problems;
  return {
    status: 400,
    code: 'ValidationException',
    message: problems.map(({ member, message }) => `${member}: ${message}`).join('; '),
    details: {
      reason: first?.missing ? 'Missing' : 'FieldValidationFailed',
      fieldList: problems.map(({ member, message }) => ({ name: member, message })),
    },
  };
}
