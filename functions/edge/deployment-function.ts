import middy from '@middy/core';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { observe } from './observe.ts';

interface ResourceState {
  readonly PhysicalResourceId: string;
}

/**
 * The handler of a custom resource. It runs on Create and Update. On Delete it does nothing: what it made outlives the
 * stack.
 */
export function deploymentFunction(
  id: string,
  bringUpToDate: (properties: Readonly<Record<string, unknown>>) => Promise<void>,
) {
  return middy<CloudFormationCustomResourceEvent, ResourceState>()
    .use(observe())
    .handler(async ({ RequestType, ResourceProperties }) => {
      if (RequestType !== 'Delete') await bringUpToDate(ResourceProperties);
      return { PhysicalResourceId: id };
    });
}
