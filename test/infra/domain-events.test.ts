import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { BillingStack } from '../../docs/examples/billing-stack.ts';
import { domainEvents, eventSource } from '../../src/contract/domain-events/domain-events.ts';
import { synthesized } from './synth.ts';

const Rule = z.object({
  Properties: z.object({
    EventBusName: z.string(),
    EventPattern: z.object({
      source: z.array(z.string()),
      'detail-type': z.array(z.string()),
      detail: z.object({ version: z.array(z.int()) }),
    }),
  }),
});

test('each stage has one bus, with a name that others can know', () => {
  for (const stage of ['dev', 'prod'] as const) {
    const { Properties } = synthesized(stage).one('AWS::Events::EventBus', 'DomainEvents/');
    expect(Properties).toMatchObject({ Name: `weelo-${stage}` });
  }
});

test('the documented example listens to events that there are, on the bus that it is given', () => {
  const stack = new BillingStack(new App(), 'Billing', { eventBusName: 'weelo-dev' });
  const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  const { EventBusName, EventPattern: pattern } = Rule.parse(rule).Properties;
  expect(EventBusName).toBe('weelo-dev');
  expect(pattern.source).toEqual([eventSource]);
  const listened = domainEvents.filter(({ name }) => pattern['detail-type'].includes(name));
  expect(listened.map(({ name }) => name)).toEqual(pattern['detail-type']);
  expect(new Set(listened.map(({ version }) => version))).toEqual(new Set(pattern.detail.version));
});
