import { Aws } from 'aws-cdk-lib';

/** The hosts that API Gateway gives the APIs. */
export interface ApiHosts {
  readonly http: string;
  readonly sockets: string;
}

/** The host of one API. API Gateway answers under no other, unless it is given a domain. */
export function hostOf(apiId: string, region: string): string {
  return `${apiId}.execute-api.${region}.${Aws.URL_SUFFIX}`;
}
