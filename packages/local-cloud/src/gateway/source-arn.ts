import type { Account } from '../protocol/played-service.ts';

/**
 * The ARN for which API Gateway invokes the function of a route: the stage, then the route's key as it
 * stands in the template, placeholders and all. `GET /pets/{id}` has one segment more than a key
 * without a method, such as `$default` or `$connect`: a permission for `<api>/<stage>/<method>/*` lets
 * the first in and not the others. No page says whether `ANY` stays: permit every method there.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
 * https://github.com/aws/serverless-application-model/issues/1860
 */
export function sourceArnOf(
  { apiId, stage }: { readonly apiId: string; readonly stage: string },
  routeKey: string,
  { region, accountId }: Account,
): string {
  const route = routeKey.replace(' /', '/');
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${route}`;
}
