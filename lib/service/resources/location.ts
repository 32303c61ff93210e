import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** What is asked of each of the two services; each is one resource, which belongs to no account. */
const operations = {
  'geo-places': ['SearchText', 'ReverseGeocode'],
  'geo-routes': ['CalculateRoutes'],
} as const;

/** Lets somebody ask Amazon Location Service about places and routes. */
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
