import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** The operations that we call, by service. The ARN of each service is one resource without an account. */
const operations = {
  'geo-places': ['SearchText', 'ReverseGeocode'],
  'geo-routes': ['CalculateRoutes'],
} as const;

/** Allows asking Amazon Location Service about places and routes. */
export function grantLocation(to: IGrantable & IConstruct): void {
  for (const [service, names] of Object.entries(operations)) {
    Grant.addToPrincipal({
      grantee: to,
      actions: names.map((name) => `${service}:${name}`),
      resourceArns: [
        Stack.of(to).formatArn({
          service,
          account: '',
          resource: 'provider',
          resourceName: 'default',
        }),
      ],
    });
  }
}
