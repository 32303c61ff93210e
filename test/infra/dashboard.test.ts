import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { fullNameOf, savedQueries } from '../../lib/service/watch/queries.ts';
import { existingStores } from './existing-stores.ts';
import { synthesized, synthesizedAs } from './synth.ts';

const staging = synthesized('staging');

const Widget = z.object({
  type: z.string(),
  properties: z.object({
    title: z.string().optional(),
    markdown: z.string().optional(),
    metrics: z.array(z.array(z.unknown())).default([]),
    alarms: z.array(z.string()).default([]),
    query: z.string().optional(),
  }),
});
const Body = z.object({ widgets: z.array(Widget) });

function dashboardOf(stage: typeof staging) {
  const { Properties } = stage.one('AWS::CloudWatch::Dashboard', 'Dashboard');
  return { ...Properties, ...Body.parse(JSON.parse(stage.say(Properties['DashboardBody']))) };
}

describe('the dashboard of a stage with alarms', () => {
  const { widgets, ...properties } = dashboardOf(staging);
  const graphs = widgets.filter(({ type }) => type === 'metric');

  test('asks what an operator asks, from what clients notice to what it costs', () => {
    expect(properties).toMatchObject({ DashboardName: 'weelo-staging' });
    const questions = widgets.flatMap(({ properties: { markdown } }) =>
      markdown === undefined ? [] : markdown.split('\n')[0],
    );
    expect(questions).toEqual([
      '## What rings',
      '## Are clients answered?',
      '## Do orders find trucks?',
      '## Is everything told, and in time?',
      '## Can people log in?',
      '## Are sockets open?',
      '## Are the stores busy?',
      '## Do functions run?',
      '## What costs money?',
    ]);
    for (const { properties: each } of graphs) expect(each.title, each.title).toMatch(/^[A-Z]/);
  });

  test('shows every alarm that somebody is told of', () => {
    const [status] = widgets.filter(({ type }) => type === 'alarm');
    const told = staging
      .ofType('AWS::CloudWatch::Alarm')
      .filter((each) => 'AlarmActions' in each.Properties);
    expect(status?.properties.alarms).toHaveLength(told.length);
  });

  /** The metrics of our own code that it asks for. */
  const asked = new Set(
    [
      ...JSON.stringify(graphs).matchAll(
        /\{\\+"Weelo\/staging\\+",service\} MetricName=\\+"(\w+)/g,
      ),
    ].map(([, name = '']) => name),
  );

  test('asks for metrics that our code reports, in the namespace of the stage', () => {
    const sources = globSync('{src,functions}/**/*.ts').map((path) => readFileSync(path, 'utf8'));
    const reports = sources.join('\n').replaceAll(/\$\{[^}]*\}/g, '*');
    expect(asked.size).toBeGreaterThan(25);
    for (const name of asked) {
      const stem = name.replace(/\d$/, '*').replace(/^CircuitOpened.+/, 'CircuitOpened*');
      expect(reports, name).toMatch(
        new RegExp(
          `(count|countOne|measure|measureShare)\\(\\s*['\`]${stem.replaceAll('*', '\\*')}['\`]`,
        ),
      );
    }
  });

  test('has all that the issue names', () => {
    const text = JSON.stringify(widgets);
    for (const part of [
      'OrdersPlaced',
      'OrdersFilled',
      'OrdersExpired',
      'OrdersCancelled',
      'OrdersCompleted',
      'TimeToFirstHold',
      'TimeToFill',
      'OffersInWave1',
      'OffersInWave4',
      'ExpiryLag',
      'OutboxAge',
      'SocketsOpened',
      'SocketsGone',
      'OtpSent',
      'OtpVerified',
      'ApproximateNumberOfMessagesVisible',
      'ACUUtilization',
      'BytesUsedForCache',
      'IncomingBytes',
      'ConsumedWriteCapacityUnits',
      'NumberOfMessagesReceived',
      'GB-seconds',
    ]) {
      expect(text).toContain(part);
    }
    const routes = widgets.find(({ type }) => type === 'log')?.properties.query;
    expect(routes).toMatch(/^SOURCE '\/weelo\/staging\/http-access' .*p50.*p99.*by routeKey/s);
  });

  test.each(existingStores.map((stage) => [stage.name, stage] as const))(
    'shows the stores of a stage that has not made them: %s',
    (_, stage) => {
      if (!stage.alarms) return;
      const text = JSON.stringify(dashboardOf(synthesizedAs(stage)).widgets);
      if (stage.database.kind === 'existing') expect(text).toContain(stage.database.identifier);
      if (stage.cache.kind === 'existing') expect(text).not.toContain('BytesUsedForCache');
    },
  );

  test.each(['dev', 'local'])('costs nothing in %s, which has none', (name) => {
    expect(synthesized(name).ofType('AWS::CloudWatch::Dashboard')).toEqual([]);
  });
});

test.each(['dev', 'staging', 'prod'])('%s has every saved query', (name) => {
  const stage = synthesized(name);
  const made = stage.ofType('AWS::Logs::QueryDefinition').map(({ Properties }) => Properties);
  expect(made.map((each) => each['Name'])).toEqual(
    savedQueries.map((each) => fullNameOf(each, { name })),
  );
  const [first] = made;
  expect(first?.['QueryString']).toBe(savedQueries[0]?.lines.join('\n| '));
  const groups = new Set(
    stage.ofType('AWS::Logs::LogGroup').map((each) => each.Properties['LogGroupName']),
  );
  for (const each of made.flatMap(({ LogGroupNames }) =>
    z.array(z.string()).parse(LogGroupNames),
  )) {
    expect(groups).toContain(each);
  }
});
