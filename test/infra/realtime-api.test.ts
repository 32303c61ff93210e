import { describe, expect, test } from 'vitest';
import { matching } from './matchers.ts';
import { pathOf, synthesized } from './synth.ts';

const dev = synthesized('dev');

const socketRoutes = dev
  .ofType('AWS::ApiGatewayV2::Route')
  .filter((each) => pathOf(each).startsWith('RealtimeApi/'));

describe('the WebSocket API', () => {
  test.each([
    ['$connect', 'socket-connect'],
    ['$disconnect', 'socket-disconnect'],
    ['$default', 'socket-message'],
  ])('sends %s to %s', (key, name) => {
    const [route, ...more] = socketRoutes.filter((each) => each.Properties['RouteKey'] === key);
    expect(more).toEqual([]);
    const target = dev.say(route?.Properties['Target']);
    const path = target.replace(/^integrations\/<(.+)>$/, '$1');
    const integration = dev.one('AWS::ApiGatewayV2::Integration', path);
    expect(integration.Properties['IntegrationType']).toBe('AWS_PROXY');
    expect(dev.say(integration.Properties['IntegrationUri'])).toContain(
      `/functions/<Functions/${name}/Function/Live>/invocations`,
    );
  });

  test('has no other routes', () => {
    expect(socketRoutes).toHaveLength(3);
  });

  test('answers on the socket: the route that takes messages has a response', () => {
    const [route] = socketRoutes.filter((each) => each.Properties['RouteKey'] === '$default');
    expect(route?.Properties['RouteResponseSelectionExpression']).toBe('$default');
    const [response, ...more] = dev.ofType('AWS::ApiGatewayV2::RouteResponse');
    expect(more).toEqual([]);
    expect(response?.Properties['RouteResponseKey']).toBe('$default');
    expect(dev.say(response?.Properties['RouteId'])).toBe(route && `<${pathOf(route)}>`);
  });

  test('selects by the action, at /ws, deployed by itself, throttled', () => {
    expect(dev.one('AWS::ApiGatewayV2::Api', 'RealtimeApi/').Properties).toMatchObject({
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    });
    expect(dev.one('AWS::ApiGatewayV2::Stage', 'RealtimeApi/').Properties).toMatchObject({
      StageName: 'ws',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
      AccessLogSettings: { Format: matching(/\$context\.connectionId/) },
    });
  });

  test('may write its log before it is deployed', () => {
    const stage = dev.one('AWS::ApiGatewayV2::Stage', 'RealtimeApi/');
    expect(stage.DependsOn.map((id) => dev.pathOfId(id))).toContain('RealtimeApi/LogSettings');
  });
});
