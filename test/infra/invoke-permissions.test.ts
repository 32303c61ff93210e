import { describe, expect, test } from 'vitest';
import { FunctionPolicies, sourceArnOf, templateApis } from 'local-cloud';
import { cloudValues, synthesized } from './synth.ts';

const dev = synthesized('dev');

describe.each(['dev', 'prod'])('in %s, the permissions to invoke', async (stage) => {
  const values = await cloudValues(stage);
  const policies = new FunctionPolicies(values);
  const { httpApi, webSocketApi } = templateApis(values);
  const routes = [httpApi, webSocketApi].flatMap((api) =>
    (api?.routes ?? []).map(
      ({ routeKey, functionName }) =>
        [functionName, sourceArnOf(api ?? expect.fail(), routeKey, values.account)] as const,
    ),
  );
  const isPermitted = (service: string, functionName: string, sourceArn: string) =>
    policies.permit({ service, functionName, sourceArn });

  test.each(routes)('let %s be called for %s', (functionName, sourceArn) => {
    expect(isPermitted('apigateway.amazonaws.com', functionName, sourceArn)).toBe(true);
  });

  test('let each schedule call its function', () => {
    const rules = values.resources('AWS::Events::Rule');
    // Neither schedule may call what the other calls.
    const called = rules.map((rule) =>
      ['reconcile', 'canary'].filter((name) =>
        isPermitted('events.amazonaws.com', `weelo-${stage}-${name}:live`, values.arnOf(rule)),
      ),
    );
    expect(called.toSorted()).toEqual(
      stage === 'prod' ? [['canary'], ['reconcile']] : [['reconcile']],
    );
  });

  test('let no other API in', () => {
    const [, sourceArn] = routes[0] ?? expect.fail();
    const other = sourceArn.replace(httpApi?.apiId ?? '', 'another');
    for (const [name] of routes) {
      expect(isPermitted('apigateway.amazonaws.com', name, other)).toBe(false);
    }
  });
});

describe('the permissions to invoke', () => {
  const permissions = dev.ofType('AWS::Lambda::Permission').map(({ Properties }) => ({
    invoked: dev.say(Properties['FunctionName']),
    // What may invoke, without the route: API Gateway's ARN names one behind the API's id.
    invoker: dev.say(Properties['SourceArn']).replace(/(<(Http|Realtime)Api\/Api>).*/, '$1'),
    statement: JSON.stringify({
      ...Properties,
      SourceArn: dev.say(Properties['SourceArn']),
      Resource: 'arn:aws:lambda:ap-south-1:123456789012:function:weelo-prod-socket-disconnect',
    }),
  }));

  test('are one per function and API, and one more for unknown paths', () => {
    const pairs = permissions.map(({ invoked, invoker }) => `${invoked} ${invoker}`);
    const twice = pairs.filter((each, index) => pairs.indexOf(each) !== index);
    expect(twice).toEqual([
      expect.stringMatching(/^<Functions\/system\/Function\/Live> .*<HttpApi\/Api>$/),
    ]);
  });

  test("leave a function's policy far below Lambda's limit of 20,480 bytes", () => {
    const sizes = new Map<string, number>();
    for (const { invoked, statement } of permissions) {
      sizes.set(invoked, (sizes.get(invoked) ?? 0) + statement.length);
    }
    expect(Math.max(...sizes.values())).toBeLessThan(2_048);
  });
});
